import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { makeId } from "../../src/core/ids.ts";
import { database } from "../../src/registry/database.ts";
import { redeemVoucherWrite } from "../../src/registry/vouchers/redemptions.ts";
import { ulid } from "../../src/ulid.ts";
import { walletOf } from "../../src/wallet/client.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { accountKey, addStaff, Cafe } from "../support/augmigo/cafe.ts";
import { addCustomer } from "../support/augmigo/customers.ts";
import { d1Rows } from "../support/d1.ts";
import { registered, runSweep, someCustomer } from "../support/events.ts";
import { addMember, addType, invoiceOf, ownerOf, pointsOf } from "../support/imonggo/members.ts";
import { openStore, type Store } from "../support/imonggo/store.ts";
import {
  appWith,
  importVouchers,
  type Json,
  makeTill,
  type Till,
} from "../support/kirimel/till.ts";
import { addCoupon, type Hotel, openHotel } from "../support/microgenn/hotel.ts";
import { importLines } from "../support/native/merchant.ts";
import { nativeCall, nativeMake } from "../support/native/native.ts";
import { earn, redeem, requestFor } from "../support/requests.ts";

const PHONE = "+919876501299";
const MOBILE = PHONE.slice(3);

let hotel: Hotel;
let till: Till;
let cafe: Cafe;
let id: string;
let number: number;
let reference: string;
let batch: string;
let store: Store;
let member: number;

beforeAll(async () => {
  hotel = await openHotel();
  const { slug } = hotel;
  await nativeMake("/sites", { code: "MAIN01", name: "Main" }, slug);
  till = await makeTill(slug);
  const cashier = await addStaff(slug, { sites: ["MAIN01"] });
  cafe = await new Cafe(slug, await accountKey(slug)).signedIn(cashier);
  const customer = await addCustomer(cafe, { mobile_phone: PHONE });
  id = String(customer.customer_key);
  reference = String(customer.reference_code);
  const [row] = await d1Rows<{ number: number }>("SELECT number FROM customers WHERE id = ?", id);
  number = row?.number ?? 0;
  await importVouchers(till, ["ANY-0001", "ANY-0002"], { kind: "amount", value: "5" });
  const batches = await till.get("/vouchers/batches");
  batch = String((batches.data.batches as Json[])[0]?.batch_id);
  await addCoupon(hotel, "OWN-1", { customer: id });
  await till.post("/points/earn", { customer_id: number, points: 500 });
  await cafe.post(`/reward/reference-code/${reference}/prepaid-topup`, {
    topup_amount: 50,
    prepaid_program_key: "pp-1",
  });
  store = await openStore();
  await addType(store);
  member = await addMember(store, 100_000);
}, 60_000);

async function become(status: "active" | "blocked" | "inactive"): Promise<void> {
  const owner = await ownerOf(store, member);
  for (const [merchant, customer] of [
    [hotel.slug, id],
    [store.account, owner.customer],
  ] as const) {
    const body = { status };
    const reply = await nativeCall("PATCH", `/customers/${customer}`, { merchant, body });
    expect([reply.status, reply.body.status]).toEqual([200, status]);
  }
}

/** What a till is answered that wants to book or use something, in its dialect's own form. */
const BOOKINGS: Readonly<Record<string, () => Promise<unknown>>> = {
  "KiriMel points/earn": () => kirimel("/points/earn", { points: 5 }),
  "KiriMel points/redeem": () => kirimel("/points/redeem", { points: 5 }),
  "KiriMel vouchers/redeem": () =>
    kirimel("/vouchers/redeem", { code: "ANY-0001", purchase_amount: 9 }),
  "KiriMel vouchers/issue": () => kirimel("/vouchers/issue", { batch_id: batch }),
  "Microgenn bill": () => microgenn("bill", { mobile: MOBILE, amount: 10 }),
  "Microgenn coupon/redeem": () => microgenn("coupon/redeem", { code: "OWN-1" }),
  "Augmigo give": () => augmigo("give", { sales_amount: 10, tax_amount: 0, invoice_id: ulid() }),
  "Augmigo point-redeem": () => augmigo("point-redeem", { redeem_amount: 1 }),
  "Augmigo prepaid-redeem": () => augmigo("prepaid-redeem", { redeem_amount: 1 }),
  "Augmigo prepaid-topup": () =>
    augmigo("prepaid-topup", { topup_amount: 1, prepaid_program_key: "pp-1" }),
  "Augmigo vouchers/redeem": async () => {
    const { status, msg } = await cafe.post("/vouchers/redeem", {
      redeem_codes: ["OWN-1"],
      redeem_code: ["OWN-1"],
    });
    return [status, ...msg];
  },
  "Imonggo invoices": async () => {
    const { status, body } = await store.post(
      "/invoices.json",
      invoiceOf(member, "500", { reference: ulid() }),
    );
    return [status, body.error];
  },
  "Imonggo rewards": async () => {
    const query = `q=spend&customer_id=${member}&amount=1&reference=${ulid()}`;
    const { status, body } = await store.post(`/rewards.json?${query}`, {});
    return [status, body.error];
  },
};

async function kirimel(path: string, fields: Json): Promise<unknown> {
  const { status, code } = await till.post(path, { customer_id: number, ...fields });
  return [status, code];
}

async function microgenn(path: string, fields: Json): Promise<unknown> {
  const { status, body } = await hotel.post(path, fields);
  return [status, body.error];
}

async function augmigo(path: string, fields: Json): Promise<unknown> {
  const { status, msg } = await cafe.post(`/reward/reference-code/${reference}/${path}`, fields);
  return [status, ...msg];
}

const WORDS: Readonly<Record<string, (state: "blocked" | "inactive") => unknown>> = {
  KiriMel: (state) => [400, `CUSTOMER_${state.toUpperCase()}`],
  Microgenn: (state) => [400, `Customer is ${state}`],
  Augmigo: (state) => [400, `Customer is ${state}`],
  Imonggo: (state) => [422, `Customer is ${state}`],
};

/** To Imonggo who is inactive is deleted: an invoice is nobody's, a reward finds none. */
const DELETED: Readonly<Record<string, unknown>> = {
  "Imonggo invoices": [201, undefined],
  "Imonggo rewards": [404, "Not Found"],
};

async function entriesOf(): Promise<number> {
  const [row] = await d1Rows<{ id: string }>("SELECT id FROM merchants WHERE slug = ?", hotel.slug);
  const { head } = await walletOf(env, { merchant: row?.id ?? "", customer: id }).view(0);
  return head.seq;
}

describe.each(["blocked", "inactive"] as const)("a customer who is %s", (state) => {
  beforeAll(() => become(state));

  it.each(Object.keys(BOOKINGS))(
    "is refused by its own words, and nothing is kept: %s",
    async (what) => {
      const before = await entriesOf();
      const [dialect = ""] = what.split(" ");
      const isDeleted = state === "inactive" && what in DELETED;
      expect(await BOOKINGS[what]?.()).toEqual(isDeleted ? DELETED[what] : WORDS[dialect]?.(state));
      expect(await entriesOf()).toBe(before);
      expect(await pointsOf(store, member)).toBe(100_000);
      const used =
        "SELECT code FROM vouchers WHERE status <> 'active' AND code IN ('ANY-0001', 'OWN-1')";
      expect(await d1Rows(used)).toEqual([]);
    },
  );

  it("can still be read, with the balance that is there", async () => {
    const balance = await till.get("/wallet/balance", { customer_id: String(number) });
    expect([balance.status, balance.body.success]).toEqual([200, true]);
    expect((await hotel.lookUp({ mobile: MOBILE })).body).toMatchObject({ found: true });
    expect((await cafe.get(`/reward/reference-code/${reference}`)).status).toBe(200);
    expect((await store.get(`/customers/${member}.json`)).status).toBe(200);
  });

  it("could redeem nothing, as a preview tells", async () => {
    const preview = await till.post("/points/preview-redeem", { customer_id: number, points: 5 });
    expect(preview.status).toBe(200);
    expect(JSON.stringify(preview.data)).not.toMatch(/"can_redeem":true/);
  });

  it("is told in the feed, once for each change", async () => {
    const path = "/events?types=customer.status_changed";
    const told = async () => {
      const { body } = await nativeCall("GET", path, { merchant: hotel.slug });
      return (body.data as Json[]).map(({ data }) => (data as Json).status);
    };
    await vi.waitFor(async () => expect(await told()).toContain(state), { timeout: 5_000 });
    await become(state);
    expect((await told()).filter((status) => status === state)).toHaveLength(1);
  });

  it("is served again once active", async () => {
    await become("active");
    expect(await BOOKINGS["KiriMel points/earn"]?.()).toEqual([200, null]);
    expect(await BOOKINGS["Microgenn bill"]?.()).toEqual([200, undefined]);
    await become(state);
  });
});

describe("a correction", () => {
  const adjust = () => kirimel(`/customers/${number}/adjust`, { points: 5, reference_id: ulid() });

  it("by a person is booked for a blocked customer, not for an inactive one", async () => {
    await become("blocked");
    expect(await adjust()).toEqual([200, null]);
    await become("inactive");
    expect(await adjust()).toEqual([400, "CUSTOMER_INACTIVE"]);
  });

  it("that takes something back is booked for either", async () => {
    await become("active");
    const earned = await till.post("/points/earn", { customer_id: number, points: 7 });
    await become("inactive");
    const { transaction_id } = earned.body;
    const reversed = await till.post("/points/reverse", { transaction_id, reference_id: ulid() });
    expect(reversed.status).toBe(200);
  });
});

describe("a status", () => {
  it("holds for a voucher that is redeemed while it changes", async () => {
    await become("blocked");
    const [row] = await d1Rows<{ id: string; merchant_id: string }>(
      "SELECT id, merchant_id FROM vouchers WHERE code = 'ANY-0002'",
    );
    const merchantId = row?.merchant_id ?? "";
    const db = database(env, merchantId);
    const write = { merchantId, id: row?.id ?? "", customerId: id, reference: null, now: 1 };
    await db.batch([redeemVoucherWrite(db, { ...write, redemption: {} }) as never]);
    const query = "SELECT status FROM vouchers WHERE code = 'ANY-0002'";
    expect(await d1Rows(query)).toEqual([{ status: "active" }]);
  });

  it("is the same in wallet and registry, however many change it at once", async () => {
    for (let i = 0; i < 6; i += 1) {
      await Promise.all([
        become("blocked"),
        become("active"),
        become("inactive"),
        become("active"),
      ]);
      const [row] = await d1Rows<{ status: string; merchant_id: string }>(
        "SELECT status, merchant_id FROM customers WHERE id = ?",
        id,
      );
      const { head } = await walletOf(env, { merchant: row?.merchant_id ?? "", customer: id }).view(
        0,
      );
      expect(head.status).toBe(row?.status);
    }
  });

  it("of a change that is refused after all is as it was", async () => {
    await become("active");
    const merchant = hotel.slug;
    const phone = "+919876501377";
    const other = { identifiers: [{ kind: "phone", value: phone }] };
    let isTaken = false;
    const DB = new Proxy(env.DB, {
      get(database, name) {
        if (name === "batch") {
          return async (statements: D1PreparedStatement[]) => {
            // Somebody else comes to have the phone at the last moment.
            if (!isTaken) await importLines(merchant, [other]);
            isTaken = true;
            return database.batch(statements);
          };
        }
        const member: unknown = Reflect.get(database, name, database);
        return typeof member === "function" ? member.bind(database) : member;
      },
    });
    const body = { status: "blocked", phone };
    const target = appWith({ DB });
    const reply = await nativeCall("PATCH", `/customers/${id}`, { merchant, body, target });
    expect(reply.status).toBe(409);
    expect(await BOOKINGS["KiriMel points/earn"]?.()).toEqual([200, null]);
  });

  it("bars a customer from what a merchant gives by hand", async () => {
    await become("blocked");
    const merchant = hotel.slug;
    const body = { name: "N", kind: "amount", value: "1", quantity: 1, customer: id };
    const made = await nativeCall("POST", "/voucher_series", { merchant, body });
    expect([made.status, made.body.code]).toEqual([409, "customer_blocked"]);
    await nativeMake("/membership_programs", { key: "mp-barred", label: "B" }, merchant);
    const path = `/customers/${id}/memberships`;
    const held = await nativeCall("POST", path, { merchant, body: { program: "mp-barred" } });
    expect([held.status, held.body.code]).toEqual([409, "customer_blocked"]);
    await become("active");
  });

  it("of an Imonggo customer who is deleted refuses what is booked elsewhere", async () => {
    const gone = await addMember(store, 10_000);
    const owner = await ownerOf(store, gone);
    expect((await store.call("DELETE", `/customers/${gone}.json`)).status).toBe(200);
    const booked = await walletOf(env, owner).execute(
      "live",
      requestFor(redeem(1), { id: ulid() }),
    );
    expect(booked).toEqual({ ok: false, error: { code: "customer_inactive" } });
  });

  it("that a customer is imported with holds from the first booking on", async () => {
    const [line] = await importLines(hotel.slug, [
      {
        name: "Blocked",
        identifiers: [{ kind: "phone", value: "+919876501300" }],
        status: "blocked",
      },
    ]);
    expect(line).toMatchObject({ outcome: "created" });
    expect(await microgenn("bill", { mobile: "9876501300", amount: 10 })).toEqual([
      400,
      "Customer is blocked",
    ]);
  });

  it("that no wallet was told of comes with the sweep, and is never older", async () => {
    const [merchant] = await d1Rows<{ id: string }>(
      "SELECT id FROM merchants WHERE slug = ?",
      hotel.slug,
    );
    const shop = { id: merchant?.id ?? "", slug: hotel.slug };
    const owners = [await registered(shop), await registered(shop), await registered(shop)];
    const [old, told, fresh] = owners as [Owner, Owner, Owner];
    await env.DB.prepare("UPDATE customers SET status = 'blocked' WHERE id IN (?, ?, ?)")
      .bind(old.customer, told.customer, fresh.customer)
      .run();
    await walletOf(env, old).execute("live", requestFor(earn(5), { id: ulid() }));
    const news = { kind: "status", status: "active", before: "blocked" } as const;
    const active = requestFor(news, { id: ulid() });
    await walletOf(env, told).execute("live", active);
    await env.DB.prepare("UPDATE sweeps SET due_at = 0, cursor = 0").run();
    await runSweep();
    const earnFor = (owner: Owner) =>
      walletOf(env, owner).execute("live", requestFor(earn(5), { id: ulid() }));
    expect(await earnFor(old)).toEqual({ ok: false, error: { code: "customer_blocked" } });
    expect(await earnFor(fresh)).toEqual({ ok: false, error: { code: "customer_blocked" } });
    expect(await earnFor(told)).toMatchObject({ ok: true });
  });

  it("erased closes the ledger for tills that still remember the customer", async () => {
    await become("active");
    const [row] = await d1Rows<{ id: string }>(
      "SELECT id FROM merchants WHERE slug = ?",
      hotel.slug,
    );
    const close = requestFor({ kind: "status", status: "erased" }, { id: ulid() });
    const mine = { merchant: row?.id ?? "", customer: id };
    for (const owner of [mine, await ownerOf(store, member)]) {
      expect(await walletOf(env, owner).execute("live", close)).toMatchObject({ ok: true });
    }
    const before = await entriesOf();
    const ofWallets = Object.entries(BOOKINGS).filter(([what]) => !/vouch|coupon/.test(what));
    for (const [what, book] of ofWallets) {
      const [status] = (await book()) as [number];
      expect([what, status >= 400 && status < 500]).toEqual([what, true]);
    }
    expect(await kirimel("/points/earn", { points: 5 })).toEqual([404, "CUSTOMER_NOT_FOUND"]);
    expect(await entriesOf()).toBe(before);
  });

  it("of a customer nobody has called yet leaves no wallet behind, active or erased", async () => {
    const owner = someCustomer({ id: makeId("mer", ulid()), slug: "none" });
    for (const status of ["active", "erased"] as const) await walletOf(env, owner).wake(0, status);
    const { head } = await walletOf(env, owner).view(0);
    expect(head.seq).toBe(0);
  });
});
