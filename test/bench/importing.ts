import { join } from "node:path";
import { nativeApi } from "../../scripts/demo/native-api.ts";
import { localAdminToken } from "../../scripts/local-settings.ts";
import { startRuntime } from "../../scripts/runtime.ts";
import { cpuMs } from "./cpu-time.ts";

/** What importing many customers at once came to. */
export interface Imported {
  readonly customers: number;
  readonly seconds: number;
  readonly per_second: number;
  /** Processor time of the runtime per customer, with what is published meanwhile. */
  readonly cpu_ms: number;
  /** Of another call that is sent again and again meanwhile. */
  readonly others_p50_ms: number;
  readonly others_p95_ms: number;
}

const slug = "moving-in";
const LINES_A_CHUNK = 500;
const PAUSE_MS = 20;

/** Imports so many customers with opening balances in one streamed request. */
export async function measureImport(
  customers: number,
  state: string,
  progress: (text: string) => void,
): Promise<Imported> {
  const databasesOf = join(state, "databases");
  const runtime = await startRuntime({ port: 0, state: join(state, "import"), databasesOf });
  try {
    const merchant = { slug, name: "Moving in", currency: "INR", time_zone: "Asia/Kolkata" };
    await nativeApi(runtime.url).create("/merchants", merchant);
    const watch = watchOthers(runtime.url);
    const cpuBefore = cpuMs(runtime.workerdPid());
    const start = performance.now();
    let answered = 0;
    for await (const outcomes of send(runtime.url, customers)) {
      const failed = outcomes.find((line) => !line.includes('"created"'));
      if (failed !== undefined) throw new Error(`a customer was not imported: ${failed}`);
      const before = Math.floor(answered / 10_000);
      answered += outcomes.length;
      if (Math.floor(answered / 10_000) > before) progress(`imported ${answered}/${customers}`);
    }
    const seconds = (performance.now() - start) / 1_000;
    if (answered !== customers) throw new Error(`only ${answered} outcomes of ${customers}`);
    const cpu = cpuMs(runtime.workerdPid()) - cpuBefore;
    const others = (await watch()).sort((a, b) => a - b);
    const at = (share: number): number => round(others[Math.floor(others.length * share)] ?? 0);
    return {
      customers,
      seconds: round(seconds),
      per_second: Math.round(customers / seconds),
      cpu_ms: round(cpu / customers),
      others_p50_ms: at(0.5),
      others_p95_ms: at(0.95),
    };
  } finally {
    await runtime.stop();
  }
}

const headers = { Authorization: `Bearer ${localAdminToken}`, "Guerdon-Merchant": slug };

async function* send(url: string, customers: number): AsyncGenerator<string[]> {
  const answer = await fetch(`${url}/loyalty/v1/customers/import`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/x-ndjson" },
    body: streamOf(customers),
    duplex: "half",
  } as RequestInit);
  if (answer.status !== 200) throw new Error(`the import was answered with ${answer.status}`);
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield lines;
  }
}

function streamOf(customers: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      const count = Math.min(LINES_A_CHUNK, customers - sent);
      if (count === 0) return controller.close();
      const lines = Array.from({ length: count }, (_, i) => `${lineOf(sent + i + 1)}\n`);
      sent += count;
      controller.enqueue(new TextEncoder().encode(lines.join("")));
    },
  });
}

function lineOf(number: number): string {
  const mobile = String(7_000_000_000 + number);
  return JSON.stringify({
    number,
    identifiers: [
      { kind: "phone", value: `+91${mobile}` },
      { kind: "card", value: `CARD-${number}` },
    ],
    name: `Customer ${number}`,
    email: `customer-${number}@example.com`,
    joined_at: "2020-01-02T03:04:05Z",
    balances: [{ unit: "point", lifetime: "250", lots: [{ amount: "120" }] }],
  });
}

/** Sends another call again and again; the answered function ends it and tells the times. */
function watchOthers(url: string): () => Promise<number[]> {
  let isOver = false;
  const times: number[] = [];
  const watching = (async () => {
    while (!isOver) {
      const start = performance.now();
      await (await fetch(`${url}/loyalty/v1/sites`, { headers })).text();
      times.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })();
  return async () => {
    isOver = true;
    await watching;
    return times;
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
