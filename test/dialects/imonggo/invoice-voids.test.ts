import { beforeAll, describe, expect, it } from "vitest";
import {
  addMember,
  addType,
  auditOf,
  countEntries,
  invoiceOf,
  pointsOf,
} from "../../support/imonggo/members.ts";
import { openStore, type Store, type StoreReply } from "../../support/imonggo/store.ts";
import { childText } from "../../support/xml-document.ts";

let store: Store;
/** Its programme allows no debt. */
let careful: Store;

beforeAll(async () => {
  store = await openStore();
  careful = await openStore({ program: { name: "Points", earning: { rate: "1" } } });
  for (const one of [store, careful]) await addType(one);
}, 60_000);

const voided = (by: Store, id: unknown): Promise<StoreReply> =>
  by.delete(`/invoices/${id}.json?branch_id=11&reason=x`);

async function buy(by: Store, customer: number | null, price = "1000"): Promise<unknown> {
  const { status, body } = await by.post("/invoices.json", invoiceOf(customer, price));
  expect(status).toBe(201);
  return body.id;
}

const spend = (by: Store, customer: number, amount: string): Promise<StoreReply> =>
  by.post(`/rewards.json?q=spend&customer_id=${customer}&amount=${amount}`);

describe("the void of an invoice", () => {
  it("case 34: is answered with the invoice, and takes its points back", async () => {
    const juan = await addMember(store, 500);
    const id = await buy(store, juan);
    const reply = await voided(store, id);
    expect([reply.status, reply.body.id, reply.body.status]).toEqual([200, id, "V"]);
    expect(reply.body.points_earned).toBe(10);
    expect(await pointsOf(store, juan)).toBe(500);
    expect(await auditOf(store, juan)).toEqual([]);
    const { xml } = await store.get(`/invoices/${id}.xml`);
    expect(childText(xml, "status")).toBe("V");
  });

  it("case 35: is refused a second time", async () => {
    const juan = await addMember(store);
    const id = await buy(store, juan);
    await voided(store, id);
    const again = await voided(store, id);
    expect(again.text).toBe('{"error":"Invoice has already been voided"}');
    expect(again.status).toBe(422);
    expect(await countEntries(store, juan, "void")).toBe(1);
  });

  it("happens once of many at once", async () => {
    const juan = await addMember(store, 5_000);
    const id = await buy(store, juan);
    const replies = await Promise.all(Array.from({ length: 5 }, () => voided(store, id)));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422, 422]);
    expect(await countEntries(store, juan, "void")).toBe(1);
    expect(await pointsOf(store, juan)).toBe(5_000);
  });

  it("of nobody's invoice is kept too", async () => {
    const id = await buy(store, null);
    expect((await voided(store, id)).body.status).toBe("V");
    expect((await voided(store, id)).status).toBe(422);
  });

  it("leaves a debt for what was spent, which the next purchase pays first", async () => {
    const juan = await addMember(store);
    const id = await buy(store, juan);
    await spend(store, juan, "0.05");
    expect((await voided(store, id)).status).toBe(200);
    expect(await pointsOf(store, juan)).toBe(-1_000);
    const { body } = await store.get(`/customers/${juan}.json`);
    expect(body.available_points).toBe(-10);
    expect((await spend(store, juan, "0.01")).errors).toEqual(["Insufficient points"]);
    await buy(store, juan, "1500");
    expect(await pointsOf(store, juan)).toBe(500);
    expect(await auditOf(store, juan)).toEqual([]);
  });

  it("is refused where that is not allowed, and possible once there is enough", async () => {
    const juan = await addMember(careful);
    const id = await buy(careful, juan);
    await spend(careful, juan, "0.05");
    const refusal = await voided(careful, id);
    expect([refusal.status, refusal.errors]).toEqual([422, ["Insufficient points"]]);
    const { body } = await careful.get(`/invoices/${id}.json`);
    expect([body.status, await pointsOf(careful, juan)]).toEqual([null, 0]);
    await buy(careful, juan);
    expect((await voided(careful, id)).status).toBe(200);
    expect(await pointsOf(careful, juan)).toBe(0);
  });

  it.each(["999999", "0", "x"])("does not find the number %s", async (number) => {
    expect((await voided(store, number)).status).toBe(404);
  });

  it("does not free the reference", async () => {
    const invoice = invoiceOf(null, "10", { reference: "VOID-1" });
    const { body } = await store.post("/invoices.json", invoice);
    await voided(store, body.id);
    const again = await store.post("/invoices.json", invoice);
    expect(again.errors).toEqual(["Reference has already been taken"]);
  });
});

describe("a return", () => {
  const giveBack = (by: Store, customer: number, pieces: number, reference: string) => {
    const line = { product_id: 54, quantity: -pieces, retail_price: 100 };
    const given = { invoice_lines: [line], reference };
    return by.post("/invoices.json", invoiceOf(customer, "0", given));
  };

  it("takes points back as a purchase gives them", async () => {
    const juan = await addMember(store);
    await buy(store, juan);
    const { status, body } = await giveBack(store, juan, 3.5, "RET-1");
    expect([status, body.amount, body.points_earned]).toEqual([201, -350, -3]);
    expect(await pointsOf(store, juan)).toBe(700);
  });

  it("may leave a debt", async () => {
    const juan = await addMember(store);
    expect((await giveBack(store, juan, 2, "RET-2")).status).toBe(201);
    expect(await pointsOf(store, juan)).toBe(-200);
  });

  it("is refused where that is not allowed, and its reference stays free", async () => {
    const juan = await addMember(careful);
    for (let tries = 0; tries < 2; tries += 1) {
      const { status, errors } = await giveBack(careful, juan, 2, "RET-3");
      expect([status, errors]).toEqual([422, ["Insufficient points"]]);
    }
    expect((await careful.get("/invoices.json?reference=RET-3")).list).toEqual([]);
    await buy(careful, juan);
    expect((await giveBack(careful, juan, 2, "RET-3")).status).toBe(201);
    expect(await pointsOf(careful, juan)).toBe(800);
  });

  it("that is voided gives the points back", async () => {
    const juan = await addMember(store);
    const { body } = await giveBack(store, juan, 2, "RET-4");
    expect((await voided(store, body.id)).status).toBe(200);
    expect(await pointsOf(store, juan)).toBe(0);
  });
});
