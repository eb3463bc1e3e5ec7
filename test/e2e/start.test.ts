import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { areRunning } from "./processes.ts";
import { commands, freePort, Service } from "./service.ts";

let state: string;
let port: number;

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "guerdon-state-"));
  port = await freePort();
});

afterEach(async () => {
  await rm(state, { recursive: true });
});

function start(
  command: (typeof commands)[keyof typeof commands],
  env: Record<string, string> = {},
): Service {
  const service = new Service(command, { PORT: String(port), GUERDON_STATE: state, ...env });
  onTestFinished(async () => {
    if (service.processes.length > 0) {
      await service.end("SIGTERM");
    }
  });
  return service;
}

async function startAndWait(command: (typeof commands)[keyof typeof commands]): Promise<Service> {
  const service = start(command);
  await service.printed(/^ready .*\n[\s\S]*wallet\/balance\?customer_id=CUST_123456'\n/m);
  return service;
}

/** The curl command for a path among what was printed, as a function that sends what curl would. */
function printedRequest(service: Service, path: string): () => Promise<Response> {
  const commands = [...service.stdout.matchAll(/^curl [\s\S]*?[^\\]$/gm)].map(([text]) => text);
  const command = commands.find((text) => text.includes(path));
  const url = /'(http[^']*)'$/.exec(command ?? "")?.[1];
  if (command === undefined || url === undefined) {
    throw new Error(`no request to ${path} in:\n${service.stdout}`);
  }
  const headers = [...command.matchAll(/-H '([^:]+): ([^']*)'/g)];
  const body = /--data '([^']*)'/.exec(command)?.[1];
  return () =>
    fetch(url, {
      headers: [
        ...headers.map(([, name = "", value = ""]): [string, string] => [name, value]),
        ["Content-Type", "application/x-www-form-urlencoded"],
      ],
      ...(body === undefined ? {} : { method: "POST", body }),
    });
}

function kirimelRequests(service: Service) {
  return {
    earn: printedRequest(service, "/api/loyalty/points/earn"),
    balance: printedRequest(service, "/api/loyalty/wallet/balance"),
  };
}

/** How many objects of each kind the native API lists. */
async function countObjects(): Promise<Record<string, number>> {
  const headers = {
    Authorization: "Bearer dev_admin_token",
    "Guerdon-Merchant": "myrestaurant",
  };
  const counts = ["merchants", "sites", "programs", "keys"].map(async (kind) => {
    const answer = await fetch(`http://127.0.0.1:${port}/loyalty/v1/${kind}`, { headers });
    const { data } = (await answer.json()) as { data: unknown[] };
    return [kind, data.length] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}

describe("npm start", () => {
  it("serves the demo data, keeps it over a restart and ends cleanly", async () => {
    const first = await startAndWait(commands.npmStart);
    expect(first.stdout.match(/^ready .*$/gm)).toEqual([`ready http://127.0.0.1:${port}`]);
    const loaded = await countObjects();
    expect(loaded).toMatchObject({ sites: 1, programs: 1, keys: 2 });

    const { earn, balance } = kirimelRequests(first);
    const answer = await (await earn()).text();
    expect(JSON.parse(answer)).toMatchObject({
      success: true,
      points_awarded: 50,
      new_balance: 150,
    });
    expect(await (await earn()).text()).toBe(answer);
    expect(await (await balance()).json()).toMatchObject({ success: true, balance: 150 });
    expect(await first.end("SIGTERM")).toEqual({
      code: 0,
      seconds: expect.toSatisfy((seconds: number) => seconds < 5),
      left: [],
    });

    const second = await startAndWait(commands.npmStart);
    expect(await countObjects()).toEqual(loaded);
    const again = kirimelRequests(second);
    expect(await (await again.balance()).json()).toMatchObject({ balance: 150 });
    expect(await (await again.earn()).json()).toMatchObject({ new_balance: 200 });
    expect(await second.end("SIGINT")).toMatchObject({ code: 0, left: [] });
  });

  it("keeps its state to one runtime, and the keys in it to one user", async () => {
    await startAndWait(commands.startScript);
    const { mode } = await stat(join(state, "master-keys.json"));
    expect(mode & 0o777).toBe(0o600);

    const second = start(commands.startScript, { PORT: String(await freePort()) });
    expect(await second.exit()).toBe(1);
    expect(second.stdout).toBe("");
    expect(second.stderr).toBe(`another runtime uses the state in ${state}\n`);
  });

  it("can be stopped while it is starting", async () => {
    const service = start(commands.npmStart);
    // npm, the script, and what the script starts to build and to migrate.
    await expect.poll(() => service.processes.length, { timeout: 20_000 }).toBeGreaterThan(3);
    expect(await service.end("SIGTERM")).toMatchObject({ code: 0, left: [] });
    expect(service.stdout).not.toContain("ready");
  });

  it("leaves no runtime behind when it is killed hard", async () => {
    const killed = await startAndWait(commands.startScript);
    const { earn } = kirimelRequests(killed);
    await earn();
    const tree = killed.processes;
    expect(tree.length).toBeGreaterThan(1);
    await killed.end("SIGKILL");
    await expect.poll(() => areRunning(tree), { timeout: 5000 }).toEqual([]);

    const next = await startAndWait(commands.startScript);
    const { balance } = kirimelRequests(next);
    expect(await (await balance()).json()).toMatchObject({ balance: 150 });
  });

  it.each(["abc", "65536", "-1", "80.5", ""])("refuses the port %j", async (text) => {
    const service = start(commands.startScript, { PORT: text });
    expect(await service.exit()).toBe(1);
    expect(service.stdout).toBe("");
    expect(service.stderr).toMatch(/^PORT must be a number.*\n$/);
  });

  it("refuses a port that is in use", async () => {
    const other = createServer().listen(port, "127.0.0.1");
    onTestFinished(() => {
      other.close();
    });
    const service = start(commands.startScript);
    expect(await service.exit()).toBe(1);
    expect(service.stdout).toBe("");
    expect(service.stderr).toBe(
      `cannot listen on port ${port}: it is in use; set PORT to another\n`,
    );
  });
});
