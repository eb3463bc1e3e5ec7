import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Command } from "../../src/core/ledger/commands.ts";
import { NEVER } from "../../src/core/ledger/entries.ts";
import type { Handover } from "../../src/events/client.ts";
import { Projector } from "../../src/events/projector.ts";
import { walletOf } from "../../src/wallet/client.ts";
import type { Wallet } from "../../src/wallet/object.ts";
import { d1Rows } from "../support/d1.ts";
import {
  bookFor,
  faultsOf,
  feedOf,
  feedWith,
  makeShop,
  projectorObject,
  publishedOf,
  registered,
  type Shop,
  someCustomer,
  walletObject,
  watchBatches,
} from "../support/events.ts";
import { nativeCall } from "../support/native/native.ts";
import { DAY, earn, redeem, requestFor, TODAY } from "../support/requests.ts";

vi.setConfig({ testTimeout: 40_000 });

let shop: Shop;

beforeEach(async () => {
  shop = await makeShop();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const LINE = { category: "food", sku: "S1", name: "Soup", quantity: 20_000, amount: 900 };

function bill(number: string, amount: number): Command {
  const purchase = { amount, currency: "EUR" };
  return { kind: "bill", number, purchase, lines: [LINE], day: TODAY, expiresAt: NEVER };
}

/** What the copies hold, but for when they were written. */
async function dump(of: Shop): Promise<unknown> {
  const own = (table: string, order: string) =>
    d1Rows(`SELECT * FROM ${table} WHERE merchant_id = ? ORDER BY ${order}`, of.id);
  const wallets = await own("wallets", "customer_id");
  return {
    wallets: wallets.map(({ published_at: _at, ...rest }) => rest),
    bills: await own("bills", "id"),
  };
}

async function dropCopies(of: Shop): Promise<void> {
  const tables = ["wallets", "bills"];
  const statements = tables.map((table) =>
    env.DB.prepare(`DELETE FROM ${table} WHERE merchant_id = ?`).bind(of.id),
  );
  await env.DB.batch(statements);
}

async function rebuild(of: Shop): Promise<void> {
  const started = await nativeCall("POST", "/projection/rebuild", { merchant: of.slug });
  expect(started.status).toBe(202);
  const finished = async () => {
    const { body } = await nativeCall("GET", "/projection/rebuild", { merchant: of.slug });
    expect(body.state).toBe("finished");
  };
  await vi.waitFor(finished, { timeout: 20_000, interval: 50 });
}

/** The handovers of a wallet's first entries, one each. */
async function handoversOf(of: Shop, commands: readonly Command[]): Promise<Handover[]> {
  const handed: Handover[] = [];
  const publish = vi.spyOn(Projector.prototype, "publish");
  publish.mockImplementation(async (_merchant, handover) => {
    handed.push(handover);
    return handover.head.seq;
  });
  const owner = someCustomer(of);
  for (const command of commands) {
    await bookFor(owner, command);
    await runDurableObjectAlarm(walletObject(owner));
  }
  publish.mockRestore();
  return handed;
}

const BALANCE = "SELECT points, seq FROM wallets WHERE merchant_id = ?";

describe("the projection", () => {
  it("never goes back, doubles nothing and takes nothing that would leave a gap", async () => {
    const handed = await handoversOf(shop, [earn(500), redeem(100), earn(30)]);
    const told: number[] = [];
    for (const i of [2, 0, 0, 2, 1, 0, 2, 2]) {
      const handover = handed[i];
      if (handover === undefined) throw new Error("there is no such handover");
      told.push(await projectorObject(shop).publish(shop.id, handover));
    }
    expect(told).toEqual([0, 1, 1, 1, 2, 2, 3, 3]);
    expect(await d1Rows(BALANCE, shop.id)).toEqual([{ points: 430, seq: 3 }]);
    expect((await feedOf(shop)).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });

  it("takes what overlaps with what it has, and of it only what is new", async () => {
    const handed = await handoversOf(shop, [earn(500), redeem(100), earn(30)]);
    const [first, second, third] = handed;
    if (first === undefined || second === undefined || third === undefined) throw new Error("few");
    await projectorObject(shop).publish(shop.id, first);
    const all = { ...third, after: 0, entries: handed.flatMap(({ entries }) => entries) };
    expect(await projectorObject(shop).publish(shop.id, all)).toBe(3);
    expect((await feedOf(shop)).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });

  it("takes one wallet's handovers one after the other, however many come at once", async () => {
    const handed = await handoversOf(shop, [earn(500), redeem(100), earn(30)]);
    const projector = projectorObject(shop);
    await Promise.all([...handed, ...handed].map((one) => projector.publish(shop.id, one)));
    expect(await d1Rows(BALANCE, shop.id)).toEqual([{ points: 430, seq: 3 }]);
    expect((await feedOf(shop)).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });

  it("knows when each wallet's next lot expires", async () => {
    const [soon, late] = [Date.now() + 5 * DAY, Date.now() + 9 * DAY];
    const handed = await handoversOf(shop, [earn(5, late), earn(5, soon), redeem(5), redeem(5)]);
    const found: unknown[] = [];
    for (const handover of handed) {
      await projectorObject(shop).publish(shop.id, handover);
      const query = "SELECT next_expiry AS at FROM wallets WHERE merchant_id = ?";
      found.push(...(await d1Rows(query, shop.id)));
    }
    expect(found).toEqual([{ at: late }, { at: soon }, { at: late }, { at: null }]);
  });

  it("takes thousands of entries in pieces of a bounded size", async () => {
    const batches = watchBatches();
    const owner = someCustomer(shop);
    await runInDurableObject(walletObject(owner), (wallet: Wallet) => {
      const request = () => requestFor(earn(1), { id: ulid() });
      for (let i = 0; i < 2_000; i += 1) wallet.execute(owner, "live", request());
    });
    const rows = await feedWith(shop, 2_000);
    expect(faultsOf(rows)).toEqual([]);
    expect(rows).toHaveLength(2_000);
    const groups = batches.filter((group) => group.some((sql) => sql.includes('into "events"')));
    expect(groups.length).toBeGreaterThanOrEqual(20);
  });

  it("hands long bills over in few at a time", async () => {
    const sizes: number[] = [];
    const publish = Projector.prototype.publish;
    vi.spyOn(Projector.prototype, "publish").mockImplementation(function (
      this: Projector,
      ...given
    ) {
      sizes.push(JSON.stringify(given[1].entries).length);
      return publish.apply(this, given);
    });
    const owner = someCustomer(shop);
    const lines = Array.from({ length: 500 }, () => ({ ...LINE, name: "n".repeat(100) }));
    for (let i = 0; i < 20; i += 1)
      await bookFor(owner, { ...bill(`B${i}`, 100), lines } as Command);
    await feedWith(shop, 40);
    expect(Math.max(...sizes)).toBeLessThan(400_000);
  });

  it("holds a bill with its lines", async () => {
    const owner = await registered(shop);
    await bookFor(owner, bill("B-1", 1_800));
    await feedWith(shop, 2);
    const { body } = await nativeCall("GET", "/bills", { merchant: shop.slug });
    expect(body.data).toEqual([
      expect.objectContaining({
        object: "bill",
        id: expect.stringMatching(/^bil_/),
        customer: owner.customer,
        number: "B-1",
        total: { amount: "18.00", currency: "EUR" },
        lines: [{ ...LINE, quantity: "2.0000", amount: "9.00" }],
        site: "sit_1",
        dialect: "native",
      }),
    ]);
  });
});

describe("a rebuild of the projection", () => {
  it("gives the same rows from the wallets, and tells no event again", async () => {
    const owners = await Promise.all(Array.from({ length: 45 }, () => registered(shop)));
    await Promise.all(
      owners.map(async (owner, i) => {
        await bookFor(owner, earn(1_000 * (i + 1)));
        await bookFor(owner, redeem(10));
        if (i % 3 === 0) await bookFor(owner, bill(`B-${i}`, 5_000));
      }),
    );
    await vi.waitFor(
      async () => {
        const rest = await Promise.all(
          owners.map(async (owner) => {
            const { head } = await walletOf(env, owner).view(0);
            return head.seq - (await publishedOf(owner));
          }),
        );
        expect(rest.filter((count) => count !== 0)).toEqual([]);
      },
      { timeout: 20_000, interval: 200 },
    );
    const [before, feed] = [await dump(shop), await feedOf(shop)];
    await dropCopies(shop);
    await rebuild(shop);
    expect(await dump(shop)).toEqual(before);
    expect(await feedOf(shop)).toEqual(feed);
    const { body } = await nativeCall("GET", "/projection/rebuild", { merchant: shop.slug });
    expect(body).toMatchObject({ customers_done: 45, customers_total: 45 });
  });

  it("corrects copies that are wrong", async () => {
    const owner = await registered(shop);
    await bookFor(owner, bill("B-1", 1_800));
    await feedWith(shop, 2);
    const before = await dump(shop);
    await env.DB.batch([
      env.DB.prepare("UPDATE wallets SET points = 7 WHERE merchant_id = ?").bind(shop.id),
      env.DB.prepare("UPDATE bills SET total = 7 WHERE merchant_id = ?").bind(shop.id),
    ]);
    await rebuild(shop);
    expect(await dump(shop)).toEqual(before);
  });

  it("leaves to publishing what is not published yet, so that its event is told", async () => {
    const owner = await registered(shop);
    const publish = vi.spyOn(Projector.prototype, "publish");
    publish.mockRejectedValue(new Error("not now"));
    vi.spyOn(console, "error").mockImplementation(() => {});
    await bookFor(owner, earn(100));
    await rebuild(shop);
    publish.mockRestore();
    await runInDurableObject(walletObject(owner), (wallet: Wallet) => wallet.alarm());
    expect(await feedWith(shop, 1)).toHaveLength(1);
  });

  it("that is started anew meanwhile leaves nobody out", async () => {
    const owners = await Promise.all(Array.from({ length: 50 }, () => registered(shop)));
    await Promise.all(owners.map((owner) => bookFor(owner, earn(100))));
    await feedWith(shop, 50);
    const restore = Projector.prototype.restore;
    let restarted = false;
    vi.spyOn(Projector.prototype, "restore").mockImplementation(async function (
      this: Projector,
      ...given
    ) {
      await restore.apply(this, given);
      const { n = 0 } =
        (
          await d1Rows<{ n: number }>(
            "SELECT done AS n FROM rebuilds WHERE merchant_id = ?",
            shop.id,
          )
        )[0] ?? {};
      if (restarted || n < 20) return;
      restarted = true;
      await dropCopies(shop);
      await nativeCall("POST", "/projection/rebuild", { merchant: shop.slug });
    });
    await rebuild(shop);
    await vi.waitFor(() => expect(restarted).toBe(true));
    await vi.waitFor(
      async () =>
        expect(await d1Rows("SELECT 1 FROM wallets WHERE merchant_id = ?", shop.id)).toHaveLength(
          50,
        ),
      { timeout: 5_000 },
    );
  });
});
