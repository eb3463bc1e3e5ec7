import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeId } from "../../src/core/ids.ts";
import { Sweeper } from "../../src/events/sweeper.ts";
import { walletName } from "../../src/wallet/client.ts";
import { makeShop, runSweep, type Shop } from "../support/events.ts";

vi.setConfig({ testTimeout: 60_000 });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DUE = 20_000;
const STUCK = 500;

let shop: Shop;
let ahead = 0;

beforeEach(async () => {
  ahead = 0;
  shop = await makeShop();
  vi.spyOn(console, "error").mockImplementation(() => {});
  const realNow = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + ahead);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await env.DB.prepare("DELETE FROM wallets").run();
});

/** Copies of wallets whose lots expired at that moment; answers their customers, in that order. */
async function dueWallets(count: number, at: number): Promise<string[]> {
  const customers = Array.from({ length: count }, () => makeId("cus", ulid()));
  const query = `INSERT INTO wallets (customer_id, merchant_id, seq, points, holdings, published_at,
      next_expiry, wake_at)
    SELECT value, ?1, 1, 0, '{}', 0, ?2, ?2 FROM json_each(?3)`;
  for (let from = 0; from < count; from += 2_000) {
    const some = JSON.stringify(customers.slice(from, from + 2_000));
    await env.DB.prepare(query).bind(shop.id, at, some).run();
  }
  return customers;
}

/**
 * Stands in for the wallets' objects: those that can book what expires have told so at once, the
 * others fail. Answers how often each was woken.
 */
function standIns(stuck: ReadonlySet<string>) {
  const woken = new Map<string, number>();
  const names = new Map<string, string>();
  const namespace = Object.getPrototypeOf(env.WALLETS) as DurableObjectNamespace;
  const { getByName } = namespace;
  vi.spyOn(namespace, "getByName").mockImplementation(function (
    this: DurableObjectNamespace,
    name: string,
  ) {
    // Only wallets of this shop have a customer in their name.
    if (!name.startsWith(`${shop.id}/`)) return getByName.call(this, name);
    const wake = async ({ customer }: { customer: string }) => {
      names.set(name, customer);
      woken.set(customer, (woken.get(customer) ?? 0) + 1);
      if (stuck.has(customer)) throw new Error("D1 is away");
    };
    return { wake } as unknown as DurableObjectStub;
  });
  return { woken, names };
}

/** What the wallets that could book have told since. */
async function tell(stuck: ReadonlySet<string>): Promise<void> {
  const query = `UPDATE wallets SET next_expiry = NULL, wake_at = NULL
    WHERE merchant_id = ? AND customer_id NOT IN (SELECT value FROM json_each(?))`;
  await env.DB.prepare(query)
    .bind(shop.id, JSON.stringify([...stuck]))
    .run();
}

async function sweepOnce(): Promise<void> {
  const stub = env.SWEEPERS.getByName(shop.id);
  await stub.start(shop.id);
  await runInDurableObject(stub, (it: Sweeper) => it.work());
}

describe("a merchant's sweeper", () => {
  it("wakes 20,000 wallets due at once, and is kept from none by 500 that fail", async () => {
    const first = await dueWallets(STUCK, Date.now() - HOUR);
    const rest = await dueWallets(DUE - STUCK, Date.now() - MINUTE);
    const stuck = new Set(first);
    const { woken, names } = standIns(stuck);
    const began = performance.now();
    await sweepOnce();
    const seconds = (performance.now() - began) / 1_000;
    console.info(`${DUE} wallets: ${Math.round(DUE / seconds)} a second`);
    expect(rest.filter((customer) => woken.get(customer) !== 1)).toEqual([]);
    expect(first.filter((customer) => woken.get(customer) !== 1)).toEqual([]);
    const [name, customer] = [...names][0] ?? ["", ""];
    expect(name).toBe(walletName({ merchant: shop.id, customer }));
    expect(DUE / seconds).toBeGreaterThan(300);
  });

  it("wakes a wallet that does not book what expires ever more seldom", async () => {
    const [customer = ""] = await dueWallets(1, Date.now() - HOUR);
    const { woken } = standIns(new Set([customer]));
    const counts: number[] = [];
    for (let hour = 0; hour < 4; hour += 1) {
      for (let minute = 0; minute < 60; minute += 1) {
        await sweepOnce();
        ahead += MINUTE;
      }
      counts.push(woken.get(customer) ?? 0);
    }
    const [hour1 = 0, , hour3 = 0, hour4 = 0] = counts;
    expect(hour1).toBeLessThan(8);
    expect(hour4 - hour3).toBeLessThanOrEqual(1);
    expect(hour4).toBeGreaterThan(hour1);
    await tell(new Set());
    ahead += 10 * HOUR;
    await sweepOnce();
    expect(woken.get(customer)).toBe(hour4);
  });

  it("wakes a wallet once for an expiry that is to come", async () => {
    const at = Date.now() + MINUTE;
    const [customer = ""] = await dueWallets(1, at);
    const { woken } = standIns(new Set());
    for (let minute = 0; minute < 2; minute += 1) {
      await sweepOnce();
      ahead += MINUTE / 2;
    }
    expect(woken.get(customer)).toBe(1);
  });

  it("is started by the cron's minute where something is due, and else left alone", async () => {
    await runSweep();
    const start = vi.spyOn(Sweeper.prototype, "start");
    await runSweep();
    expect(start).not.toHaveBeenCalledWith(shop.id);
    await dueWallets(1, Date.now());
    standIns(new Set());
    await runSweep();
    expect(start).toHaveBeenCalledWith(shop.id);
  });
});
