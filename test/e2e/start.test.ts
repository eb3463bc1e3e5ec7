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

/** Sends the curl commands among what was printed, in their order, as curl would. */
function printedRequests(output: string): (() => Promise<Response>)[] {
  return [...output.matchAll(/^curl [\s\S]*?[^\\]$/gm)].map(([command]) => {
    const url = /'(http[^']*)'$/.exec(command)?.[1] ?? "";
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
  });
}

async function earnAndBalance(service: Service) {
  const [earn, balance, ...others] = printedRequests(service.stdout);
  if (earn === undefined || balance === undefined || others.length > 0) {
    throw new Error(`expected an earn and a balance request in:\n${service.stdout}`);
  }
  return { earn, balance };
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
    expect(loaded).toEqual({ merchants: 2, sites: 1, programs: 1, keys: 2 });

    const { earn, balance } = await earnAndBalance(first);
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
    const again = await earnAndBalance(second);
    expect(await (await again.balance()).json()).toMatchObject({ balance: 150 });
    expect(await (await again.earn()).json()).toMatchObject({ new_balance: 200 });
    expect(await second.end("SIGINT")).toMatchObject({ code: 0, left: [] });
  });

  it("keeps the local master keys to the user who started it", async () => {
    await startAndWait(commands.startScript);
    const { mode } = await stat(join(state, "master-keys.json"));
    expect(mode & 0o777).toBe(0o600);
  });

  it("can be stopped while it is starting", async () => {
    const service = start(commands.npmStart);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(service.processes.length).toBeGreaterThan(1);
    expect(await service.end("SIGTERM")).toMatchObject({ code: 0, left: [] });
    expect(service.stdout).not.toContain("ready");
  });

  it("leaves no runtime behind when it is killed hard", async () => {
    const killed = await startAndWait(commands.startScript);
    const { earn } = await earnAndBalance(killed);
    await earn();
    const tree = killed.processes;
    expect(tree.length).toBeGreaterThan(1);
    await killed.end("SIGKILL");
    await expect.poll(() => areRunning(tree), { timeout: 5000 }).toEqual([]);

    const next = await startAndWait(commands.startScript);
    const { balance } = await earnAndBalance(next);
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
