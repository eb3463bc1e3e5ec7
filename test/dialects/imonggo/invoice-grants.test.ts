import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Owner } from "../../../src/wallet/rows.ts";
import { d1Rows, failingDatabase } from "../../support/d1.ts";
import { runSweep } from "../../support/events.ts";
import {
  addGrantedSeries,
  askedWallets,
  GRANTS,
  grantedBy,
  ownerIn,
  publish,
  stampsOf,
  vouchersOf,
} from "../../support/grants.ts";
import {
  addMember,
  addType,
  auditOf,
  invoiceOf,
  ownerOf,
  pointsOf,
} from "../../support/imonggo/members.ts";
import { openStore, type Store, storeToken } from "../../support/imonggo/store.ts";
import { settle } from "../../support/kept-state.ts";
import { appWith, type Json, type Target } from "../../support/kirimel/till.ts";
import { nativeCall } from "../../support/native/native.ts";

vi.setConfig({ testTimeout: 40_000 });

const PROGRAM = { name: "Points", earning: { rate: "1" }, allow_debt: true, grants: GRANTS };
const LINE = { product_id: 54, product_stock_no: "Massage", quantity: 2, retail_price: 500 };

let store: Store;
let juan: number;
let owner: Owner;
let invoices = 0;

beforeAll(async () => {
  store = await openStore({ program: PROGRAM });
  await addGrantedSeries(store.account);
  await addType(store);
}, 60_000);

beforeEach(async () => {
  invoices += 1;
  juan = await addMember(store);
  owner = await ownerOf(store, juan);
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

const statusesOf = async (): Promise<unknown[]> => {
  const query = "SELECT status FROM vouchers WHERE customer_id = ? ORDER BY id";
  return (await d1Rows<{ status: string }>(query, owner.customer)).map(({ status }) => status);
};

const reference = (): string => `G-${invoices}`;

const post = (by: Store, given: Json = {}) => {
  const invoice = { reference: reference(), invoice_lines: [LINE], ...given };
  return by.post("/invoices.json", invoiceOf(juan, "0", invoice));
};

/** Dies when it has the wallet's answer, before it can note it. */
const beforeNoting = (): Target =>
  appWith({ DB: failingDatabase(/^update "invoices" set "points_earned"/) });
const withoutWallets = (): Target => appWith({ WALLETS: askedWallets().WALLETS });

/** Lets the sweep come by after the grace that every request has. */
async function sweepLater(): Promise<void> {
  await env.DB.prepare("UPDATE invoices SET created_at = created_at - 120000").run();
  await runSweep();
}

describe("an invoice", () => {
  it("grants the programme's stamps and vouchers, and is answered as without them", async () => {
    const { status, body } = await post(store);
    expect([status, body.points_earned, body.amount]).toEqual([201, 10, 1000]);
    expect(Object.keys(body)).not.toContain("vouchers");
    expect(await stampsOf(owner)).toBe(1);
    expect(await vouchersOf(owner)).toHaveLength(2);
    expect(await grantedBy(owner)).toEqual([await vouchersOf(owner)]);
    expect(await publish(owner)).toEqual([
      "bill.recorded",
      "points.earned",
      "stamp.added",
      "voucher.issued",
      "voucher.issued",
    ]);
    expect(await vouchersOf(owner)).toHaveLength(2);
  });

  it("grants once, however often its reference comes", async () => {
    await Promise.all(Array.from({ length: 4 }, () => post(store)));
    expect((await post(store)).errors).toEqual(["Reference has already been taken"]);
    expect(await stampsOf(owner)).toBe(1);
    expect(await vouchersOf(owner)).toHaveLength(2);
  });

  it("grants also where the customer's type earns nothing", async () => {
    juan = await addMember(store, 0, null);
    owner = await ownerOf(store, juan);
    expect((await post(store)).body.points_earned).toBe(0);
    expect([await pointsOf(store, juan), await stampsOf(owner)]).toEqual([0, 1]);
    expect(await vouchersOf(owner)).toHaveLength(2);
  });

  it("that is a return grants nothing, whatever else it has", async () => {
    await post(store);
    const back = { ...LINE, product_stock_no: "Tea", quantity: -4 };
    const given = { reference: `${reference()}-R`, invoice_lines: [LINE, back] };
    const { status, body } = await post(store, given);
    expect([status, body.amount, body.points_earned]).toEqual([201, -1000, -10]);
    expect(await stampsOf(owner)).toBe(1);
    expect(await vouchersOf(owner)).toHaveLength(2);
  });

  it("that is voided takes its stamps and unused vouchers back; what was used stays", async () => {
    const { body } = await post(store);
    const use = `UPDATE vouchers SET status = 'redeemed'
      WHERE id = (SELECT MIN(id) FROM vouchers WHERE customer_id = ?)`;
    await env.DB.prepare(use).bind(owner.customer).run();
    expect((await store.delete(`/invoices/${body.id}.json`)).status).toBe(200);
    expect([await pointsOf(store, juan), await stampsOf(owner)]).toEqual([0, 0]);
    const statuses = await statusesOf();
    expect(statuses).toEqual(["redeemed", "voided"]);
    expect((await publish(owner)).slice(5)).toEqual([
      "bill.voided",
      "points.reversed",
      "stamp.reversed",
      "voucher.voided",
      "voucher.voided",
    ]);
    expect(await statusesOf()).toEqual(statuses);
    expect(await auditOf(store, juan)).toEqual([]);
  });

  it("that is voided by a request which dies loses its vouchers by publishing", async () => {
    const { body } = await post(store);
    const dying = store.via(appWith({ DB: failingDatabase(/^insert into "vouchers"/) }));
    await dying.delete(`/invoices/${body.id}.json`);
    expect(await statusesOf()).toEqual(["active", "active"]);
    await publish(owner);
    expect(await statusesOf()).toEqual(["voided", "voided"]);
  });

  it("shows in the native list of bills how it ended, also after a rebuild", async () => {
    const { body } = await post(store);
    await publish(owner);
    const bills = async () => {
      const path = `/customers/${owner.customer}/bills`;
      const { body: page } = await nativeCall("GET", path, { merchant: store.account });
      return page.data;
    };
    expect(await bills()).toMatchObject([{ voided_at: null, reversed_at: null }]);
    await store.delete(`/invoices/${body.id}.json`);
    await publish(owner);
    const ended = { voided_at: expect.any(String), reversed_at: expect.any(String) };
    expect(await bills()).toMatchObject([ended]);
    await env.DB.prepare("DELETE FROM bills WHERE customer_id = ?").bind(owner.customer).run();
    await nativeCall("POST", "/projection/rebuild", { merchant: store.account });
    await vi.waitFor(async () => expect(await bills()).toMatchObject([ended]), {
      timeout: 20_000,
      interval: 100,
    });
  });

  it("of a test-mode token is answered alike and keeps no grant", async () => {
    const test = store.as(await storeToken(store.account, { mode: "test" }));
    const before = await settle();
    const tried = await post(test);
    expect([tried.status, tried.body.points_earned]).toEqual([201, 10]);
    expect(await settle()).toBe(before);
  });

  it("tells the wallet the business day of its date", async () => {
    const { WALLETS, asked } = askedWallets();
    const invoice_date = "2026-03-01T18:00:00Z";
    await post(store.via(appWith({ WALLETS })), { invoice_date });
    expect(asked).toMatchObject([{ kind: "bill", day: "2026-03-02", stamps: { amount: 1 } }]);
  });
});

describe.each([
  ["before the wallet books it", withoutWallets],
  ["before it is noted that the wallet has booked it", beforeNoting],
])("an invoice whose request dies %s", (_when, dying) => {
  it("grants once, when the sweep has come by twice", async () => {
    expect((await post(store.via(dying()))).status).toBe(500);
    for (let sweeps = 0; sweeps < 2; sweeps += 1) await sweepLater();
    expect([await pointsOf(store, juan), await stampsOf(owner)]).toEqual([1_000, 1]);
    expect(await vouchersOf(owner)).toHaveLength(2);
    expect(await grantedBy(owner)).toEqual([await vouchersOf(owner)]);
    await publish(owner);
    expect(await vouchersOf(owner)).toHaveLength(2);
  });

  it("grants what the programme promised when it was made", async () => {
    const changing = await openStore({ program: PROGRAM });
    await addGrantedSeries(changing.account);
    const given = invoiceOf(await addMember(changing, 0, null), "0", { invoice_lines: [LINE] });
    await changing.via(dying()).post("/invoices.json", given);
    const rules = "UPDATE programs SET definition = json_remove(definition, '$.grants')";
    const own = "merchant_id = (SELECT id FROM merchants WHERE slug = ?)";
    await env.DB.prepare(`${rules} WHERE ${own}`).bind(changing.account).run();
    await sweepLater();
    const query = `SELECT customer_id FROM invoices WHERE ${own}`;
    const [row] = await d1Rows<{ customer_id: string }>(query, changing.account);
    const whose = await ownerIn(changing.account, String(row?.customer_id));
    expect([await stampsOf(whose), (await vouchersOf(whose)).length]).toEqual([1, 2]);
  });
});

describe("an invoice that was kept before invoices granted anything", () => {
  it("is booked as it was kept, and can be voided", async () => {
    await post(store.via(withoutWallets()));
    const booking = JSON.stringify({ base: 50_000, every: 10_000, expiresAt: 4_102_444_800_000 });
    const earlier = `json_remove(document, '$.booking.paidWithPoints', '$.booking.terms')`;
    const patched = `json_patch(${earlier}, json_object('booking', json(?)))`;
    const rewrite = `UPDATE invoices SET document = ${patched} WHERE reference = ?`;
    await env.DB.prepare(rewrite).bind(booking, reference()).run();
    await sweepLater();
    expect([await pointsOf(store, juan), await stampsOf(owner)]).toEqual([500, 0]);
    expect(await vouchersOf(owner)).toEqual([]);
    const { list } = await store.get(`/invoices.json?reference=${reference()}`);
    expect((await store.delete(`/invoices/${list[0]?.id}.json`)).status).toBe(200);
    expect(await pointsOf(store, juan)).toBe(0);
  });
});
