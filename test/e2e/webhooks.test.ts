import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands, freePort, Service } from "./service.ts";

const perSecond = 20;
const seconds = 20;
const customers = 8;
const key = { text: "kiri_unlimited_demo", secret: "ks_unlimited_demo_secret" };

let state: string;
let url: string;
let service: Service;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), "guerdon-state-"));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  service = new Service(commands.startScript, { PORT: String(port), GUERDON_STATE: state });
  await service.printed(/^ready /m);
});

afterAll(async () => {
  await service.end("SIGTERM");
  await rm(state, { recursive: true });
});

interface Event {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly data: { readonly customer: string; readonly reference: string | null };
}

/** Something verified that arrived, and when. */
interface Arrival {
  readonly event: Event;
  readonly at: number;
}

async function demoMerchants(): Promise<{ slug: string; demo: boolean }[]> {
  const answer = await native("GET", "/merchants?limit=100");
  const { data } = (await answer.json()) as { data: { slug: string; demo: boolean }[] };
  return data.filter(({ demo }) => demo);
}

async function native(
  method: string,
  path: string,
  body?: object,
  etag = "",
  merchant = "myrestaurant",
): Promise<Response> {
  return fetch(`${url}/loyalty/v1${path}`, {
    method,
    headers: {
      Authorization: "Bearer dev_admin_token",
      "Guerdon-Merchant": merchant,
      "If-Match": etag,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

let signatures = 0;

async function post(path: string, fields: object): Promise<Record<string, unknown>> {
  const body = JSON.stringify(fields);
  signatures += 1;
  const second = new Date().toISOString().slice(0, 19);
  const timestamp = `${second}.${String(signatures).padStart(9, "0")}Z`;
  const signature = createHmac("sha256", key.secret)
    .update(timestamp + body)
    .digest("hex");
  const headers = { "X-API-Key": key.text, "X-Timestamp": timestamp, "X-Signature": signature };
  const answer = await fetch(`${url}/api/loyalty${path}`, { method: "POST", headers, body });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path} was answered with ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** Registers a local receiver that verifies what it gets. */
async function receive(): Promise<{ arrivals: Arrival[]; stop: () => Promise<void> }> {
  const arrivals: Arrival[] = [];
  const faults: unknown[] = [];
  let verifier: Webhook | null = null;
  const server: Server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    try {
      const event = verifier?.verify(text, request.headers as Record<string, string>) as Event;
      arrivals.push({ event, at: performance.now() });
    } catch (error) {
      faults.push(error);
    }
    response.writeHead(204).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const made = await native("POST", "/webhook_endpoints", { url: `http://127.0.0.1:${port}/` });
  const { id, secret } = (await made.json()) as { id: string; secret: string };
  verifier = new Webhook(secret);
  const stop = async () => {
    const path = `/webhook_endpoints/${id}`;
    const { headers } = await native("GET", path);
    await native("DELETE", path, undefined, headers.get("etag") ?? "");
    server.closeAllConnections();
    server.close();
    expect(faults).toEqual([]);
  };
  return { arrivals, stop };
}

interface Earned {
  readonly reference: string;
  readonly took: number;
  readonly answered: number;
}

/** Earns at an even pace; tells of each earn how long it took and when it was answered. */
async function earnFor(
  duration: number,
  ids: readonly unknown[],
  prefix: string,
): Promise<Earned[]> {
  const start = performance.now();
  const earns = Array.from({ length: duration * perSecond }, async (_, i): Promise<Earned> => {
    const due = start + (i * 1000) / perSecond;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    const reference = `${prefix}-${i}`;
    const sent = performance.now();
    const fields = { customer_id: ids[i % ids.length], points: 5, reference_id: reference };
    await post("/points/earn", fields);
    const answered = performance.now();
    return { reference, took: answered - sent, answered };
  });
  return Promise.all(earns);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

async function until(isDone: () => boolean, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs;
  while (!isDone() && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function gapsOf(arrivals: readonly Arrival[]): string[] {
  const numbers = new Map<string, Set<number>>();
  for (const { event } of arrivals) {
    const own = numbers.get(event.data.customer) ?? new Set();
    numbers.set(event.data.customer, own.add(event.sequence));
  }
  return [...numbers].flatMap(([customer, own]) => {
    const [first, last] = [Math.min(...own), Math.max(...own)];
    return own.size === last - first + 1 ? [] : [`${customer}: ${own.size} of ${first}–${last}`];
  });
}

describe("webhooks of a running service", () => {
  it("bring every earn once, soon, and without slowing it", async () => {
    const ids = await Promise.all(
      Array.from({ length: customers }, async (_, i) => {
        const made = await post("/customers/register", { qr_code: `QR-E2E-${i}` });
        return made.customer_id;
      }),
    );
    await earnFor(3, ids, "WARM");
    const without = await earnFor(seconds / 2, ids, "WITHOUT");
    const { arrivals, stop } = await receive();
    const earns = await earnFor(seconds, ids, "WITH");
    const mine = () => arrivals.filter(({ event }) => event.data.reference?.startsWith("WITH-"));
    const distinct = () => new Set(mine().map(({ event }) => event.id)).size;
    await until(() => distinct() >= earns.length, 15_000);

    const first = new Map<string | null, number>();
    for (const { event, at } of mine()) {
      if (!first.has(event.data.reference)) first.set(event.data.reference, at);
    }
    const delays = earns.map(({ reference, answered }) => {
      return Math.max(0, (first.get(reference) ?? Number.POSITIVE_INFINITY) - answered);
    });
    const [p50, p95] = [quantile(delays, 0.5), quantile(delays, 0.95)];
    const took = (made: readonly Earned[]) =>
      quantile(
        made.map((one) => one.took),
        0.5,
      );
    const [bare, hooked] = [took(without), took(earns)];
    const delay = `p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms`;
    const earning = `${bare.toFixed(1)} ms without endpoint, ${hooked.toFixed(1)} ms with one`;
    console.info(`${earns.length} earns at ${perSecond}/s, ${mine().length} deliveries`);
    console.info(`answer to verified delivery: ${delay}; an earn's p50: ${earning}`);
    await stop();
    expect(distinct()).toBe(earns.length);
    expect(first.size).toBe(earns.length);
    expect(gapsOf(arrivals)).toEqual([]);
    expect(p50).toBeLessThan(2_000);
    expect(p95).toBeLessThan(6_000);
    expect(hooked).toBeLessThan(2 * bare + 20);
  });
});

describe("npm run webhook-receiver", () => {
  const script = fileURLToPath(new URL("../../scripts/webhook-receiver.ts", import.meta.url));

  async function printed(output: () => string, expected: RegExp): Promise<void> {
    await until(() => expected.test(output()), 20_000);
    expect(output()).toMatch(expected);
  }

  it.each(["SIGINT", "SIGTERM"] as const)(
    "shows what happens to each demo merchant, and signs off at %s",
    async (signal) => {
      const before = await (await native("GET", "/webhook_endpoints")).json();
      const child: ChildProcess = spawn(process.execPath, [script], {
        env: { ...process.env, PORT: new URL(url).port },
        stdio: ["ignore", "pipe", "inherit"],
      });
      let output = "";
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
      await printed(() => output, /^receiving the events of myrestaurant as whe_/m);
      await post("/points/earn", { customer_id: "CUST_123456", points: 5, reference_id: signal });
      await printed(() => output, new RegExp(`points\\.earned .*"reference":"${signal}"`));
      for (const { slug } of await demoMerchants()) {
        await printed(() => output, new RegExp(`^receiving the events of ${slug} as whe_`, "m"));
        const customer = {
          identifiers: [{ kind: "external", value: signal }],
          balances: [{ unit: "point", lots: [{ amount: "1" }] }],
        };
        const made = await native("POST", "/customers/import", customer, "", slug);
        expect(await made.text()).toContain('"created"');
        await printed(() => output, new RegExp(`  ${slug}  points\\.adjusted  `));
      }
      child.kill(signal);
      const [code] = await once(child, "close");
      expect(code).toBe(0);
      expect(await (await native("GET", "/webhook_endpoints")).json()).toEqual(before);
    },
  );

  it("says so when no service is running", async () => {
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, PORT: String(await freePort()) },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    const [code] = await once(child, "close");
    expect(code).toBe(1);
    expect(errors).toContain("is the service running at");
  });
});
