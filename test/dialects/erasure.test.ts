import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { walletOf } from "../../src/wallet/client.ts";
import { accountKey, addStaff, Cafe } from "../support/augmigo/cafe.ts";
import { addCustomer, byCode, feedOf, said } from "../support/augmigo/customers.ts";
import { d1Rows } from "../support/d1.ts";
import { addType, invoiceOf } from "../support/imonggo/members.ts";
import { Store, storeToken } from "../support/imonggo/store.ts";
import { keptState, settle } from "../support/kept-state.ts";
import { importVouchers, type Json, makeTill, type Till } from "../support/kirimel/till.ts";
import { addCoupon, type Hotel, openHotel } from "../support/microgenn/hotel.ts";
import { importLines } from "../support/native/merchant.ts";
import { nativeCall, nativeMake } from "../support/native/native.ts";

/** All that is personal of the customer who is erased, in whatever form it is kept. */
const PERSONAL =
  /Wilhelmina|wilhelmina|9876501234|1921-05-17|QR-WILHELMINA|M-WILHELMINA|gender|scrypt/;
const PHONE = "+919876501234";
const MOBILE = PHONE.slice(3);
const NEVER_THERE = 999_999;

let hotel: Hotel;
let till: Till;
let cafe: Cafe;
let store: Store;
let customer: Json;
let id: string;
let number: number;
let uuid: string;
let transaction: string;
let before: string;
let lines: number;

/** The same merchant behind all dialects. */
async function openEverything(): Promise<void> {
  hotel = await openHotel();
  const { slug } = hotel;
  await nativeMake("/sites", { code: "MAIN01", name: "Main" }, slug);
  till = await makeTill(slug);
  const cashier = await addStaff(slug, { sites: ["MAIN01"] });
  // The cashier's own password hash must not be taken for a customer's.
  cafe = await new Cafe(slug, await accountKey(slug)).signedIn(cashier);
  await env.DB.prepare("UPDATE staff SET password = 'x'").run();
  store = new Store(slug, await storeToken(slug));
}

/** Has every dialect keep something of the customer. */
async function liveALife(): Promise<void> {
  customer = await addCustomer(cafe, {
    name: "Wilhelmina Ålund",
    email: "wilhelmina@example.com",
    mobile_phone: PHONE,
    birth_date: "17-05-1921",
    gender: "f",
    merchant_reference_code: "M-WILHELMINA",
  });
  id = String(customer.customer_key);
  await env.DB.prepare(
    `INSERT INTO identifiers (merchant_id, kind, value, customer_id, created_at)
     SELECT merchant_id, 'qr', 'QR-WILHELMINA', id, 0 FROM customers WHERE id = ?`,
  )
    .bind(id)
    .run();
  const [row] = await d1Rows<{ number: number }>("SELECT number FROM customers WHERE id = ?", id);
  number = row?.number ?? 0;
  await importVouchers(till, ["KIRI-0001", "KIRI-0002"], { kind: "amount", value: "5" });
  await addCoupon(hotel, "COUP-1", { customer: id });
  await addCoupon(hotel, "COUP-2", { customer: id });
  const earned = await till.post("/points/earn", { customer_id: number, points: 500 });
  transaction = String(earned.body.transaction_id);
  await till.post("/vouchers/redeem", {
    customer_id: number,
    code: "KIRI-0001",
    purchase_amount: 9,
  });
  const billed = await hotel.post("bill", { mobile: MOBILE, amount: 10, external_ref: "INV-1" });
  uuid = String((billed.body.customer as Json).customer_id);
  await hotel.post("otp/send", { mobile: MOBILE });
  await gossip();
  for (const key of ["mp-gold", "mp-past"]) {
    await nativeMake("/membership_programs", { key, label: key }, hotel.slug);
    await nativeMake(`/customers/${id}/memberships`, { program: key }, hotel.slug);
  }
  await env.DB.prepare(
    `UPDATE memberships SET expires_on = '2020-01-01' WHERE program_id IN
     (SELECT id FROM membership_programs WHERE key = 'mp-past')`,
  ).run();
}

/** Has every till write about the customer in its own words. */
async function gossip(): Promise<void> {
  const said = { description: "For Wilhelmina", reference_type: "wilhelmina" };
  const must = async (call: Promise<{ readonly status: number; readonly text: string }>) => {
    const { status, text } = await call;
    expect([status < 300, text]).toEqual([true, text]);
    return JSON.parse(text);
  };
  const earned = await till.post("/points/earn", { customer_id: number, points: 90, ...said });
  await must(till.post("/points/redeem", { customer_id: number, points: 9, ...said }));
  await must(
    till.post(`/customers/${number}/adjust`, {
      points: 7,
      reference_id: "ADJUST-1",
      adjusted_by: "Wilhelmina's friend",
      ...said,
    }),
  );
  const { transaction_id } = earned.body;
  const reason = "Wilhelmina complained";
  await must(till.post("/points/reverse", { transaction_id, reason, ...said }));
  const reward = `/reward/reference-code/${customer.reference_code}`;
  const remarks = "Wilhelmina's birthday";
  await must(cafe.post(`${reward}/give`, { sales_amount: 10, tax_amount: 0, remarks }));
  await must(cafe.post(`${reward}/point-redeem`, { redeem_amount: 1, remarks }));
  await must(cafe.post("/vouchers/redeem", { redeem_code: ["COUP-2"], remarks }));
  await addType(store);
  const invoice = invoiceOf(number, "5", { reference: "REMARKED", remark: remarks });
  const { id: first } = await must(store.post("/invoices.json", invoice));
  await must(store.call("DELETE", `/invoices/${first}.json?reason=${encodeURIComponent(remarks)}`));
}

/** Every look-up by which a till gets at a customer, and its answer for somebody unknown. */
const kirimel = (path: string, more: Json = {}) =>
  [
    `KiriMel POST ${path}`,
    async (who: "gone" | "never") => {
      const customer_id = who === "gone" ? number : NEVER_THERE;
      const { status, code } = await till.post(path.replace(":id", String(customer_id)), {
        customer_id,
        ...more,
      });
      return [status, code];
    },
  ] as const;

const read = (path: string, query: (who: "gone" | "never") => Record<string, string>) =>
  [
    `KiriMel GET ${path}`,
    async (who: "gone" | "never") => {
      const named = path.replace(":id", String(who === "gone" ? number : NEVER_THERE));
      const { status, code } = await till.get(named, query(who));
      return [status, code];
    },
  ] as const;

const microgenn = (path: string, more: Json) =>
  [
    `Microgenn POST ${path}`,
    async (who: "gone" | "never") => {
      const customer_id = who === "gone" ? uuid : "01890000-0000-7000-8000-000000000000";
      const { status, body } = await hotel.post(path, { customer_id, ...more });
      return [status, body];
    },
  ] as const;

const LOOK_UPS = [
  kirimel("/points/earn", { points: 5 }),
  kirimel("/points/redeem", { points: 5 }),
  kirimel("/points/commit-redeem", { points: 5 }),
  kirimel("/points/preview-redeem", { points: 5 }),
  kirimel("/wallet/balance"),
  kirimel("/wallet/recalculate"),
  kirimel("/customers/lookup"),
  kirimel("/customers/:id/adjust", { points: 5, reference_id: "ADJUST" }),
  kirimel("/vouchers/redeem", { code: "KIRI-0002", purchase_amount: 9 }),
  read("/wallet/balance", (who) => ({ customer_id: who === "gone" ? String(number) : "999999" })),
  read("/customers/:id", () => ({})),
  read("/customers/:id/tier", () => ({})),
  read("/customers/:id/transactions", () => ({})),
  read("/customers/lookup", (who) => ({ phone: who === "gone" ? PHONE : "+60000000000" })),
  read("/customers/lookup", (who) => ({ qr_code: who === "gone" ? "QR-WILHELMINA" : "QR-X" })),
  read("/customers/lookup", (who) => ({ identifier: who === "gone" ? "COUP-1" : "COUP-X" })),
  read("/customers/lookup-by-email", (who) => ({
    email: who === "gone" ? "wilhelmina@example.com" : "x@example.com",
  })),
  read("/customers/lookup-enriched", (who) => ({ phone: who === "gone" ? PHONE : "+60000000000" })),
  microgenn("bill", { amount: 10 }),
  microgenn("points/redeem", { points: 100, otp: "000000" }),
] as const;

beforeAll(async () => {
  await openEverything();
  await liveALife();
  // What an isolate remembers of the customer must not outlive the erasure.
  for (const [, call] of LOOK_UPS) await call("gone");
  before = await settle();
  const { entries } = await entriesOf();
  lines = entries;
  expect((await cafe.call("DELETE", byCode(customer))).status).toBe(204);
  await settle();
}, 60_000);

async function entriesOf(): Promise<{ readonly entries: number; readonly faults: number }> {
  const [row] = await d1Rows<{ id: string }>("SELECT id FROM merchants WHERE slug = ?", hotel.slug);
  const wallet = walletOf(env, { merchant: row?.id ?? "", customer: id });
  const { head } = await wallet.view(0);
  return { entries: head.seq, faults: (await wallet.audit()).length };
}

describe("an erasure", () => {
  it("leaves nothing personal in any table or object", async () => {
    expect(before).toMatch(PERSONAL);
    for (const said of ["For Wilhelmina", "friend", "complained", "birthday"]) {
      expect(before).toContain(said);
    }
    expect(await keptState()).not.toMatch(PERSONAL);
  });

  it("leaves the ledger as it was, under the customer's id, and closes it", async () => {
    expect(lines).toBeGreaterThan(2);
    expect(await entriesOf()).toEqual({ entries: lines + 1, faults: 0 });
    const { body } = await nativeCall("GET", "/bills", { merchant: hotel.slug });
    expect(new Set((body.data as Json[]).map((bill) => bill.customer))).toEqual(new Set([id]));
  });

  it("ends the memberships and tells it, the vouchers stay whose they were", async () => {
    const held = await d1Rows("SELECT id FROM memberships WHERE ended_at IS NULL");
    expect(held).toEqual([]);
    const types = (await feedOf(cafe)).map(({ type }) => type);
    const last = ["membership.removed", "customer.erased", "customer.status_changed"];
    expect(types.slice(-3)).toEqual(last);
    const [voucher] = await d1Rows("SELECT customer_id FROM vouchers WHERE code = 'COUP-1'");
    expect(voucher).toEqual({ customer_id: id });
  });

  it("makes KiriMel's and Microgenn's tills find nobody, as if nobody had been there", async () => {
    for (const [what, call] of LOOK_UPS) {
      const gone = await call("gone");
      expect([what, gone]).toEqual([what, await call("never")]);
      expect(gone[0], what).toBe(404);
    }
    const { body } = await hotel.lookUp({ mobile: MOBILE });
    expect(body).toEqual({ found: false, mobile: MOBILE });
    const reversed = await till.post("/points/reverse", { transaction_id: transaction });
    expect(reversed.code).toBe("TRANSACTION_NOT_FOUND");
  });

  it("takes the customer from the lists", async () => {
    const shown = (await till.get("/customers")).data.customers as Json[];
    expect(shown.map((line) => line.id)).not.toContain(number);
    const search = await till.get("/customers", { search: "wilhelmina" });
    expect(search.data.total).toBe(0);
    const { body } = await nativeCall("GET", "/customers", { merchant: hotel.slug });
    expect((body.data as Json[]).map((line) => line.id)).not.toContain(id);
  });

  it("is told by the native API with 410, to whoever knows the id", async () => {
    const merchant = hotel.slug;
    const path = `/customers/${id}`;
    const calls = [
      ["GET", path],
      ["GET", `${path}/entries`],
      ["GET", `${path}/bills`],
      ["GET", `${path}/memberships`],
      ["PATCH", path],
      ["DELETE", path],
    ] as const;
    for (const [method, target] of calls) {
      const body = method === "PATCH" ? { body: { name: "Back" } } : {};
      const reply = await nativeCall(method, target, { merchant, ...body });
      expect([method, target, reply.status, reply.body.code]).toEqual([
        method,
        target,
        410,
        "erased",
      ]);
    }
    const stranger = await openHotel();
    expect((await nativeCall("GET", path, { merchant: stranger.slug })).status).toBe(404);
  });

  it("lets nobody be issued anything any more", async () => {
    const merchant = hotel.slug;
    const series = { name: "N", kind: "amount", value: "1", quantity: 1 };
    for (const who of [id, number]) {
      const body = { ...series, customer: who };
      const reply = await nativeCall("POST", "/voucher_series", { merchant, body });
      expect(reply.status).toBe(404);
    }
  });

  it("keeps the number from everybody else", async () => {
    const next = await till.post("/customers/register", { phone: PHONE, name: "New" });
    expect(next.body.customer_id).not.toBe(`CUST_${number}`);
    expect(next.body.points_balance).toBe(0);
    const [line] = await importLines(hotel.slug, [{ number, name: "Somebody" }]);
    const context = { object: "customer", field: "number" };
    expect(line).toMatchObject({ outcome: "failed", error: { code: "already_exists", context } });
  });

  it("answers a second deletion as one of nobody", async () => {
    const again = await cafe.call("DELETE", `/customers/customer-key/${id}`);
    expect(said(again)).toEqual([400, "Customer is not exist"]);
  });
});
