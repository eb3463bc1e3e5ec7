import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { projectConfig } from "../../scripts/project.ts";
import { startRuntime } from "../../scripts/runtime.ts";
import { type Clientele, createClientele } from "./clientele.ts";
import { callNative } from "./native.ts";
import { openReceiver } from "./receiver.ts";
import { type Till, type TillRequest, tillOf } from "./till.ts";
import type { Counts } from "./workers/counting/counts.ts";

export const OPERATIONS = ["earn", "redeem", "bill", "give", "balance"] as const;

export type Operation = (typeof OPERATIONS)[number];

/** What one command of a warm wallet cost, until its answer and from then until all is still. */
export interface Cost {
  readonly operation: Operation;
  /** Earlier entries of the wallet. */
  readonly entries: number;
  readonly webhook: boolean;
  readonly path: Counts;
  readonly after: Counts;
}

/** Earlier entries that a wallet has. */
export const SIZES = [10, 1_000, 100_000] as const;

/** Publishing waits so long that an answer surely comes before it. */
const PUBLISH_DELAY_MS = 150;
/** A command is over when nothing was counted for so many looks, so far apart. */
const QUIET_LOOKS = 2;
const LOOK_MS = 100;
const MAX_LOOKS = 600;

/** Counts rows, statements and calls, with no clock but to wait for what comes after an answer. */
export async function countCosts(state: string, progress: (text: string) => void): Promise<Cost[]> {
  const config = join(state, "wrangler.toml");
  await writeFile(config, await countingConfig());
  const runtime = await startRuntime({
    port: 0,
    state: join(state, "counting"),
    config,
    databasesOf: join(state, "databases"),
    bindings: { GUERDON_PUBLISH_DELAY_MS: String(PUBLISH_DELAY_MS) },
  });
  const receiver = await openReceiver();
  try {
    const { url } = runtime;
    const clientele = await createClientele(url, SIZES.length);
    const till = tillOf(clientele);
    const costs: Cost[] = [];
    for (const [customer, entries] of SIZES.entries()) {
      await fillWallet(url, clientele, till, customer, entries);
      progress(`counting with ${entries} earlier entries`);
      costs.push(...(await countOperations(url, till, customer, { entries, webhook: false })));
    }
    const made = await callNative<{ secret: string }>(url, clientele.slug, "/webhook_endpoints", {
      url: receiver.url,
      event_types: ["*"],
    });
    receiver.expect(made.secret);
    progress("counting with a webhook endpoint");
    costs.push(...(await countOperations(url, till, 0, { entries: SIZES[0], webhook: true })));
    if (receiver.deliveries.length === 0) throw new Error("no webhook was delivered");
    return costs;
  } finally {
    await runtime.stop();
    await receiver.close();
  }
}

/** The project's own configuration with the counting Worker in front. */
async function countingConfig(): Promise<string> {
  const main = fileURLToPath(new URL("workers/counting/worker.ts", import.meta.url));
  const migrations = fileURLToPath(new URL("../../migrations/d1", import.meta.url));
  return (await readFile(projectConfig, "utf8"))
    .replace(/^main = .*$/m, `main = ${JSON.stringify(main)}`)
    .replace(/^migrations_dir = .*$/m, `migrations_dir = ${JSON.stringify(migrations)}`);
}

async function fillWallet(
  url: string,
  clientele: Clientele,
  till: Till,
  customer: number,
  entries: number,
): Promise<void> {
  await send(url, till.earn(customer, 5, "FIRST"));
  await stillness(url, true);
  const feed = await callNative<{ data: readonly { merchant: string; data: object }[] }>(
    url,
    clientele.slug,
    "/events?limit=1&types=points.earned",
  );
  const [event] = feed.data;
  const customerId = event === undefined ? "" : String(Reflect.get(event.data, "customer"));
  const query = new URLSearchParams({
    merchant: event?.merchant ?? "",
    customer: customerId,
    entries: String(entries),
  });
  const filled = await fetch(`${url}/bench/fill?${query}`, { method: "POST" });
  const found: unknown = filled.ok ? await filled.json() : await filled.text();
  if (JSON.stringify(found) !== "[]") {
    throw new Error(`a filled wallet is not sound: ${JSON.stringify(found)}`);
  }
}

async function countOperations(
  url: string,
  till: Till,
  customer: number,
  wallet: { readonly entries: number; readonly webhook: boolean },
): Promise<Cost[]> {
  const requests: Readonly<Record<Operation, (reference: string) => TillRequest>> = {
    earn: (reference) => till.earn(customer, 25, reference),
    redeem: (reference) => till.redeem(customer, 1, reference),
    bill: (reference) => till.bill(customer, "250.00", reference),
    give: (reference) => till.give(customer, "250.00", reference),
    balance: () => till.balance(customer),
  };
  const costs: Cost[] = [];
  for (const operation of OPERATIONS) {
    const name = `${operation}-${wallet.entries}-${wallet.webhook}`;
    await send(url, requests[operation](`${name}-warm`));
    const books = operation !== "balance";
    await stillness(url, books);
    await send(url, requests[operation](`${name}-counted`));
    const path = await takeCounts(url);
    costs.push({ operation, ...wallet, path, after: await stillness(url, books) });
  }
  return costs;
}

async function send(url: string, request: TillRequest): Promise<void> {
  const { method, path, headers, body } = request;
  const answer = await fetch(url + path, { method, headers, ...(body === "" ? {} : { body }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${text}`);
}

async function takeCounts(url: string): Promise<Counts> {
  return (await (await fetch(`${url}/bench/counts`)).json()) as Counts;
}

/** Waits until what was booked is published and nothing is done any more; what was done. */
async function stillness(url: string, books: boolean): Promise<Counts> {
  const looks: Counts[] = [];
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    if (looks.length === MAX_LOOKS) throw new Error("the service does not come to rest");
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const look = await takeCounts(url);
    looks.push(look);
    const published = !books || looks.some(({ calls }) => calls.wallet_alarm !== undefined);
    quiet = published && isIdle(look) ? quiet + 1 : 0;
  }
  return looks.reduce(addCounts);
}

function isIdle({ calls, read, d1Calls, fetches }: Counts): boolean {
  return Object.keys(calls).length === 0 && read + d1Calls + fetches === 0;
}

function addCounts(a: Counts, b: Counts): Counts {
  return {
    read: a.read + b.read,
    written: a.written + b.written,
    alarmsSet: a.alarmsSet + b.alarmsSet,
    d1Calls: a.d1Calls + b.d1Calls,
    d1Statements: a.d1Statements + b.d1Statements,
    d1Read: a.d1Read + b.d1Read,
    d1Written: a.d1Written + b.d1Written,
    calls: addNumbers(a.calls, b.calls),
    busyMs: addNumbers(a.busyMs, b.busyMs),
    fetches: a.fetches + b.fetches,
  };
}

function addNumbers(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) {
  const sum = { ...a };
  for (const [name, value] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + value;
  return sum;
}
