import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeId } from "../../src/core/ids.ts";
import type { VoucherGrant } from "../../src/core/ledger/entries.ts";
import { NEVER } from "../../src/core/ledger/entries.ts";
import { Projector } from "../../src/events/projector.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { d1Rows } from "../support/d1.ts";
import {
  bookFor,
  faultsOf,
  feedOf,
  feedWith,
  makeShop,
  publishedOf,
  registered,
  type Shop,
  walletObject,
} from "../support/events.ts";
import { nativeCall, nativeMake } from "../support/native/native.ts";
import { bill, earn } from "../support/requests.ts";

vi.setConfig({ testTimeout: 30_000 });

let shop: Shop;
let owner: Owner;

beforeEach(async () => {
  shop = await makeShop();
  owner = await registered(shop);
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function rebuild(): Promise<void> {
  await nativeCall("POST", "/projection/rebuild", { merchant: shop.slug });
  const finished = async () => {
    const { body } = await nativeCall("GET", "/projection/rebuild", { merchant: shop.slug });
    expect(body.state).toBe("finished");
  };
  await vi.waitFor(finished, { timeout: 15_000, interval: 50 });
}

/** Nothing can be published until the answer is called. */
function stopPublishing(): () => void {
  const publish = vi.spyOn(Projector.prototype, "publish");
  publish.mockRejectedValue(new Error("not now"));
  return () => publish.mockRestore();
}

async function earnTimes(times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) await bookFor(owner, earn(100));
}

async function expectTold(count: number): Promise<void> {
  await runDurableObjectAlarm(walletObject(owner));
  const rows = await feedWith(shop, count);
  expect(faultsOf(rows)).toEqual([]);
  expect(rows.filter(({ sequence }) => sequence !== null)).toHaveLength(count);
  expect(await publishedOf(owner)).toBe(count);
}

/** What D1 holds of the shop, to go back to. */
async function backUp(): Promise<() => Promise<void>> {
  const tables = ["events", "wallets", "bills", "vouchers"];
  const kept = await Promise.all(
    tables.map((table) => d1Rows(`SELECT * FROM ${table} WHERE merchant_id = ?`, shop.id)),
  );
  return async () => {
    const statements = tables.flatMap((table, i) => [
      env.DB.prepare(`DELETE FROM ${table} WHERE merchant_id = ?`).bind(shop.id),
      ...(kept[i] ?? []).map((row) => {
        const marks = Object.keys(row).map(() => "?");
        const names = Object.keys(row).join(", ");
        const query = `INSERT INTO ${table} (${names}) VALUES (${marks.join(", ")})`;
        return env.DB.prepare(query).bind(...Object.values(row));
      }),
    ]);
    await env.DB.batch(statements);
  };
}

describe("a rebuild", () => {
  it("tells what a crash kept from being told, from the first entry on", async () => {
    const goOn = stopPublishing();
    await earnTimes(5);
    await evictDurableObject(walletObject(owner));
    await rebuild();
    goOn();
    await expectTold(5);
  });

  it("tells nothing again though the copies are lost and more is waiting", async () => {
    await earnTimes(3);
    await feedWith(shop, 3);
    const goOn = stopPublishing();
    await earnTimes(2);
    await env.DB.prepare("DELETE FROM wallets WHERE merchant_id = ?").bind(shop.id).run();
    await rebuild();
    expect(await publishedOf(owner)).toBe(3);
    goOn();
    await expectTold(5);
  });

  it("of a database that was restored tells what it lost, without another command", async () => {
    await earnTimes(2);
    await feedWith(shop, 2);
    const restore = await backUp();
    await earnTimes(3);
    await feedWith(shop, 5);
    await restore();
    await rebuild();
    await expectTold(5);
  });

  it("makes the vouchers that were granted and are not there", async () => {
    const made = { key: "free", name: "Free", kind: "amount", value: "10", quantity: 2 };
    const { id } = await nativeMake("/voucher_series", made, shop.slug);
    const goOn = stopPublishing();
    const granted: VoucherGrant = {
      id: makeId("vou", ulid()),
      series: String(id),
      kind: "amount",
      code: "G1",
      validFrom: "2026-01-01",
      validUntil: "2026-03-31",
    };
    await bookFor(owner, bill(1_000, NEVER, [], { vouchers: [granted] }));
    await evictDurableObject(walletObject(owner));
    await rebuild();
    goOn();
    // The bill, what it earned, and the voucher.
    await expectTold(3);
    const query = "SELECT code FROM vouchers WHERE customer_id = ?";
    expect(await d1Rows(query, owner.customer)).toEqual([{ code: "G1" }]);
    expect((await feedOf(shop)).map(({ type }) => type)).toContain("voucher.issued");
  });
});
