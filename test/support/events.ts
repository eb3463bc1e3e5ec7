import {
  createExecutionContext,
  createScheduledController,
  runInDurableObject,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { vi } from "vitest";
import { makeId } from "../../src/core/ids.ts";
import type { Command, CommandRequest } from "../../src/core/ledger/commands.ts";
import type { Sweeper } from "../../src/events/sweeper.ts";
import worker from "../../src/index.ts";
import { walletName, walletOf } from "../../src/wallet/client.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { d1Rows } from "./d1.ts";
import type { Json } from "./kirimel/till.ts";
import { nativeMake } from "./native/native.ts";
import { objectIds } from "./objects.ts";
import { requestFor } from "./requests.ts";

/** A merchant as the registry knows it. */
export interface Shop {
  readonly id: string;
  readonly slug: string;
}

let shops = 0;

/** Makes a merchant with a programme that has tiers from 0, 1000 and 5000 points. */
export async function makeShop(given: Json = {}): Promise<Shop> {
  shops += 1;
  const slug = `events-${shops}`;
  const zone = { currency: "EUR", time_zone: "Europe/Berlin" };
  const made = await nativeMake("/merchants", { slug, name: "Shop", ...zone, ...given });
  const program = {
    name: "Rewards",
    earning: { rate: "1" },
    redemption: { rate: "100" },
    tiers: [
      { name: "Bronze", from: "0" },
      { name: "Silver", from: "1000" },
      { name: "Gold", from: "5000" },
    ],
  };
  await nativeMake("/programs", program, slug);
  return { id: String(made.id), slug };
}

/** Somebody of the merchant whose wallet nobody has called yet. */
export function someCustomer(shop: Shop): Owner {
  return { merchant: shop.id, customer: makeId("cus", ulid()) };
}

/** A customer that the registry knows too. */
export async function registered(shop: Shop): Promise<Owner> {
  const owner = someCustomer(shop);
  const now = Date.now();
  const columns = "id, merchant_id, number, status, attributes, joined_at, created_at, updated_at";
  const next = "(SELECT COALESCE(MAX(number), 0) + 1 FROM customers)";
  const values = `?, ?, ${next}, 'active', '{}', ?, ?, ?`;
  const query = `INSERT INTO customers (${columns}) VALUES (${values})`;
  await env.DB.prepare(query).bind(owner.customer, owner.merchant, now, now, now).run();
  return owner;
}

/** Books a command in an owner's wallet, which will publish it. */
export async function bookFor(
  owner: Owner,
  command: Command,
  given: Partial<CommandRequest> = {},
): Promise<void> {
  const request = requestFor(command, { id: ulid(), ...given });
  const answer = await walletOf(env, owner).execute("live", request);
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
}

export function walletObject(owner: Owner) {
  return env.WALLETS.getByName(walletName(owner));
}

export function projectorObject(shop: Shop) {
  return env.PROJECTORS.getByName(shop.id);
}

/** A row of the feed, as far as tests look at it. */
export interface FeedRow {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly customer_id: string | null;
  readonly sequence: number | null;
  readonly data: string;
}

export function feedOf(shop: Shop): Promise<FeedRow[]> {
  return d1Rows<FeedRow>("SELECT * FROM events WHERE merchant_id = ? ORDER BY seq", shop.id);
}

/** Waits until the feed has so many events, and a moment longer, in case there are more. */
export async function feedWith(shop: Shop, count: number): Promise<FeedRow[]> {
  const enough = async () => {
    const rows = await feedOf(shop);
    if (rows.length < count) throw new Error(`${rows.length} events of ${count} are in the feed`);
  };
  await vi.waitFor(enough, { timeout: 20_000, interval: 50 });
  await scheduler.wait(300);
  return feedOf(shop);
}

/** How far a wallet is published: the number of the last entry that its copy holds. */
export async function publishedOf({ customer }: Owner): Promise<number> {
  const query = "SELECT seq FROM wallets WHERE customer_id = ?";
  const [row] = await d1Rows<{ seq: number }>(query, customer);
  return row?.seq ?? 0;
}

/** What is wrong with a feed: numbers with a gap, events that came twice, wallets with a gap. */
export function faultsOf(rows: readonly FeedRow[]): string[] {
  const faults = rows.flatMap((row, i) => (row.seq === i + 1 ? [] : [`seq ${row.seq} at ${i}`]));
  const twice = rows.length - new Set(rows.map(({ id }) => id)).size;
  if (twice > 0) faults.push(`${twice} events came twice`);
  const last = new Map<string, number>();
  for (const { customer_id: customer, sequence } of rows) {
    if (customer === null || sequence === null) continue;
    if (sequence !== (last.get(customer) ?? 0) + 1) faults.push(`${customer} jumps to ${sequence}`);
    last.set(customer, sequence);
  }
  return faults;
}

type Statement = D1PreparedStatement & { readonly statement?: string };

const D1 = Object.getPrototypeOf(env.DB) as D1Database;

/** Every batch that D1 commits from now on: the SQL of its statements. */
export function watchBatches(): string[][] {
  const batches: string[][] = [];
  const batch = D1.batch;
  vi.spyOn(D1, "batch").mockImplementation(function (this: D1Database, statements) {
    batches.push(statements.map((one) => (one as Statement).statement ?? ""));
    return batch.call(this, statements) as Promise<D1Result<never>[]>;
  });
  return batches;
}

/** D1 fails the next batches that write to a table; answers how many failed so far. */
export function failBatches(table: string, times: number): () => number {
  const batch = D1.batch;
  let failed = 0;
  vi.spyOn(D1, "batch").mockImplementation(function (this: D1Database, statements) {
    const isMeant = statements.some((one) =>
      (one as Statement).statement?.includes(`insert into "${table}"`),
    );
    if (isMeant && failed < times) {
      failed += 1;
      return Promise.reject(new Error("D1_ERROR: the database is away"));
    }
    return batch.call(this, statements) as Promise<D1Result<never>[]>;
  });
  return () => failed;
}

/** Lets the minute's cron trigger fire, and waits for what it and the sweepers do. */
export async function runSweep(): Promise<void> {
  const ctx = createExecutionContext();
  await worker.scheduled(createScheduledController(), env, ctx);
  await waitOnExecutionContext(ctx);
  const started = await objectIds("SWEEPERS");
  await Promise.all(
    started.map((id) => runInDurableObject(env.SWEEPERS.get(id), (it: Sweeper) => it.work())),
  );
}
