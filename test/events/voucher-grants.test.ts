import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeId } from "../../src/core/ids.ts";
import type { VoucherGrant } from "../../src/core/ledger/entries.ts";
import { NEVER } from "../../src/core/ledger/entries.ts";
import { database } from "../../src/registry/database.ts";
import { unitOfWork } from "../../src/registry/unit-of-work.ts";
import { insertGrantedVouchers } from "../../src/registry/vouchers/granted.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { d1Rows } from "../support/d1.ts";
import {
  bookFor,
  feedOf,
  makeShop,
  registered,
  type Shop,
  walletObject,
} from "../support/events.ts";
import { nativeCall, nativeMake } from "../support/native/native.ts";
import { bill } from "../support/requests.ts";

vi.setConfig({ testTimeout: 30_000 });

let shop: Shop;
let owner: Owner;
let series: string;

beforeEach(async () => {
  shop = await makeShop();
  owner = await registered(shop);
  const made = { key: "free", name: "Free", kind: "amount", value: "10", quantity: 2 };
  series = String((await nativeMake("/voucher_series", made, shop.slug)).id);
});

afterEach(() => {
  vi.restoreAllMocks();
});

function grant(code: string): VoucherGrant {
  const days = { validFrom: "2026-01-01", validUntil: "2026-03-31" };
  return { id: makeId("vou", ulid()), series, kind: "amount", code, ...days };
}

/** Books a bill that grants these vouchers, and makes none of them. */
async function bookGrants(...vouchers: VoucherGrant[]): Promise<void> {
  await bookFor(owner, bill(1_000, NEVER, [], { vouchers }));
}

async function publish(): Promise<void> {
  await runDurableObjectAlarm(walletObject(owner));
}

/** Makes granted vouchers as a service does, right after the wallet has answered. */
async function make(granted: VoucherGrant, grantedAt = Date.now()): Promise<void> {
  const db = database(env, shop.id);
  const work = unitOfWork(db, "live");
  const row = { ...granted, customerId: owner.customer, grantedAt };
  work.add(insertGrantedVouchers(db, shop.id, [row]));
  await work.commit();
}

const rowsOf = () =>
  d1Rows("SELECT * FROM vouchers WHERE customer_id = ? ORDER BY number", owner.customer);

async function issuedEvents(): Promise<unknown[]> {
  const rows = await feedOf(shop);
  return rows.filter(({ type }) => type === "voucher.issued").map(({ sequence }) => sequence);
}

describe("a voucher that a wallet granted", () => {
  it("is made by publishing, with all that the ledger tells of it", async () => {
    const [one, other] = [grant("CodeOne00001"), grant("CodeTwo00002")];
    await bookGrants(one, other);
    await publish();
    expect(await rowsOf()).toEqual(
      [one, other].map((granted, i) => ({
        id: granted.id,
        merchant_id: shop.id,
        series_id: series,
        number: 3 + i,
        code: granted.code,
        generated: 0,
        status: "active",
        customer_id: owner.customer,
        issued_at: expect.any(Number),
        issue_reference: null,
        redeemed_at: null,
        redeemed_by: null,
        redeem_reference: null,
        redemption: null,
        created_at: expect.any(Number),
        updated_at: expect.any(Number),
        valid_from: "2026-01-01",
        valid_until: "2026-03-31",
      })),
    );
    expect(await issuedEvents()).toEqual([3, 4]);
  });

  it("is there once and told once when it was made before, or is published again", async () => {
    const granted = grant("CodeOne00001");
    await bookGrants(granted);
    await make(granted);
    const before = await rowsOf();
    await publish();
    await make(granted);
    await publish();
    expect(await rowsOf()).toEqual(before);
    expect(before).toHaveLength(1);
    expect(await issuedEvents()).toEqual([3]);
  });

  it("stays used when it was used before it was published", async () => {
    const granted = grant("CodeOne00001");
    await bookGrants(granted);
    await make(granted);
    const use = "UPDATE vouchers SET status = 'redeemed' WHERE id = ?";
    await env.DB.prepare(use).bind(granted.id).run();
    await publish();
    expect(await rowsOf()).toMatchObject([{ status: "redeemed" }]);
  });

  it("does not stop the merchant's publishing though its code was taken", async () => {
    const taken = { name: "Own", kind: "amount", value: "1", codes: ["CodeOne00001"] };
    await nativeMake("/voucher_series", taken, shop.slug);
    await bookGrants(grant("CodeOne00001"), grant("CodeTwo00002"));
    await publish();
    expect(await rowsOf()).toMatchObject([{ code: "CodeTwo00002" }]);
    expect(await issuedEvents()).toEqual([3, 4]);
  });

  it("is left alone by a rebuild: D1 alone says what became of it", async () => {
    await bookGrants(grant("CodeOne00001"));
    await publish();
    await env.DB.prepare("DELETE FROM vouchers WHERE customer_id = ?").bind(owner.customer).run();
    await nativeCall("POST", "/projection/rebuild", { merchant: shop.slug });
    const finished = async () => {
      const { body } = await nativeCall("GET", "/projection/rebuild", { merchant: shop.slug });
      expect(body.state).toBe("finished");
    };
    await vi.waitFor(finished, { timeout: 20_000, interval: 50 });
    expect(await rowsOf()).toEqual([]);
  });
});
