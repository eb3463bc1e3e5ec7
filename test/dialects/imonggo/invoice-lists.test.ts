import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { addMember, addType, invoiceOf, ownerOf, pointsOf } from "../../support/imonggo/members.ts";
import { openStore, type Store, storeToken } from "../../support/imonggo/store.ts";
import { nativeCall } from "../../support/native/native.ts";
import { childText } from "../../support/xml-document.ts";

let store: Store;
const ids: number[] = [];

/** When the invoices were last changed, in their order. */
const CHANGED = ["2026-01-01T10:00:00Z", "2026-01-02T10:00:00.500Z", "2026-01-03T10:00:00Z"];

beforeAll(async () => {
  const branches = [11, 12].map((number) => ({ code: `B${number}`, name: "Branch", number }));
  store = await openStore({ branches });
  await addType(store);
  for (const [i, changed] of CHANGED.entries()) {
    const given = { reference: `L-${i}` };
    const path = `/invoices.json?branch_id=${i === 2 ? 12 : 11}`;
    const id = Number((await store.post(path, invoiceOf(null, "5", given))).body.id);
    const query = `UPDATE invoices SET updated_at = ?
      WHERE number = ? AND merchant_id = (SELECT id FROM merchants WHERE slug = ?)`;
    await env.DB.prepare(query).bind(Date.parse(changed), id, store.account).run();
    ids.push(id);
  }
}, 60_000);

async function listed(query: string, by = store): Promise<number[]> {
  const { status, list } = await by.get(`/invoices.json${query}`);
  expect(status).toBe(200);
  return list.map(({ id }) => ids.indexOf(Number(id)));
}

describe("the list of invoices", () => {
  it("case 36: of an account without any is empty in both formats", async () => {
    const bare = await openStore();
    const xml = await bare.get("/invoices.xml");
    expect(xml.text).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<invoices/>\n');
    expect((await bare.get("/invoices.json")).text).toBe("[]");
  });

  it("has all of them in the order of their numbers", async () => {
    expect(await listed("")).toEqual([0, 1, 2]);
    const { xml } = await store.get("/invoices.xml");
    expect([xml.name, xml.attributes.type]).toEqual(["invoices", "array"]);
    const [first] = xml.children;
    expect(first && childText(first, "reference")).toBe("L-0");
  });

  it.each<[string, number[]]>([
    ["?per_page=2", [0, 1]],
    ["?per_page=2&page=2", [2]],
    ["?page=9", []],
    ["?branch_id=12", [2]],
    ["?branch=11", [0, 1]],
    ["?reference=L-1", [1]],
    ["?reference=l-1", []],
    ["?after=2026-01-01T10:00:00Z", [1, 2]],
    ["?before=2026-01-03T10:00:00Z", [0, 1]],
    ["?from=2026-01-02T10:00:00Z&to=2026-01-02T10:00:00Z", [1]],
    ["?from=2026-01-02&to=2026-01-02", [1]],
    ["?to=2026-01-02&branch_id=11", [0, 1]],
    ["?after=2026/01/02%2018:00:00%20%2B0800&branch_id=12", [2]],
  ])("is narrowed by %s", async (query, expected) => {
    expect(await listed(query)).toEqual(expected);
  });

  it("is counted with the same filters", async () => {
    const { xml } = await store.get("/invoices.xml?q=count");
    expect(xml.children).toMatchObject([
      { name: "count", text: "3", attributes: { type: "integer" } },
    ]);
    expect((await store.get("/invoices.json?q=count&branch_id=11")).text).toBe('{"count":2}');
  });

  it.each<[string, number, string]>([
    ["?q=sum", 422, "q is not supported"],
    ["?per_page=251", 422, "Per page must be at most 250"],
    ["?from=yesterday", 422, "From is invalid"],
    ["?branch_id=99", 404, "Not Found"],
  ])("is refused %s", async (query, status, text) => {
    const reply = await store.get(`/invoices.xml${query}`);
    expect([reply.status, reply.errors]).toEqual([status, [text]]);
  });

  it("is read by tokens that may read, and written by those that may move points", async () => {
    const reader = store.as(await storeToken(store.account, { scopes: ["read:customers"] }));
    expect(await listed("", reader)).toEqual([0, 1, 2]);
    const write = await reader.post("/invoices.json?branch_id=11", invoiceOf(null, "5"));
    const undo = await reader.delete(`/invoices/${ids[0]}.json`);
    expect([write.status, undo.status]).toEqual([403, 403]);
  });
});

describe("an invoice with a sandbox token", () => {
  it("is answered as it would be and not kept", async () => {
    const sandbox = store.as(await storeToken(store.account, { mode: "test" }));
    const juan = await addMember(store);
    const given = { reference: "T-1", remark: "Table seven" };
    const invoice = invoiceOf(juan, "1000", given);
    for (let tries = 0; tries < 2; tries += 1) {
      const { status, body } = await sandbox.post("/invoices.json?branch_id=12", invoice);
      expect([status, body.points_earned, body.branch_id, body.customer_id]).toEqual([
        201,
        10,
        12,
        juan,
      ]);
      expect([body.customer_name, body.remark]).toEqual(["J*** C***", "T*** s***"]);
    }
    expect(await pointsOf(store, juan)).toBe(0);
    expect(await listed("?reference=T-1")).toEqual([]);
  });

  it("is voided for show only", async () => {
    const sandbox = store.as(await storeToken(store.account, { mode: "test" }));
    const juan = await addMember(store);
    const { body } = await store.post("/invoices.json?branch_id=11", invoiceOf(juan, "1000"));
    for (let tries = 0; tries < 2; tries += 1) {
      const reply = await sandbox.delete(`/invoices/${body.id}.json`);
      expect([reply.status, reply.body.status]).toEqual([200, "V"]);
    }
    expect(await pointsOf(store, juan)).toBe(1_000);
    expect((await store.get(`/invoices/${body.id}.json`)).body.status).toBeNull();
  });
});

describe("the invoices of a customer who is erased", () => {
  it("keep their amounts and lose what a person wrote about them", async () => {
    const juan = await addMember(store);
    const given = { remark: "For Juan's birthday" };
    const made = await store.post("/invoices.json?branch_id=11", invoiceOf(juan, "50", given));
    const path = `/invoices/${made.body.id}.json`;
    await store.delete(`${path}?reason=Juan%20complained`);
    const { customer, merchant } = await ownerOf(store, juan);
    const by = { merchant: store.account };
    expect((await nativeCall("DELETE", `/customers/${customer}`, by)).status).toBe(200);
    const { body } = await store.get(path);
    expect([body.amount, body.remark, body.customer_name]).toEqual([50, null, null]);
    const query = "SELECT * FROM invoices WHERE merchant_id = ? AND customer_id = ?";
    const { results } = await env.DB.prepare(query).bind(merchant, customer).all();
    expect(JSON.stringify(results)).not.toMatch(/birthday|complained/);
  });

  it("can still be voided, once: nothing is taken back, and no text is kept", async () => {
    const juan = await addMember(store);
    const { body } = await store.post("/invoices.json?branch_id=11", invoiceOf(juan, "50"));
    const { customer } = await ownerOf(store, juan);
    await nativeCall("DELETE", `/customers/${customer}`, { merchant: store.account });
    const path = `/invoices/${body.id}.json`;
    const voided = await store.delete(`${path}?reason=Juan%20complained`);
    expect([voided.status, voided.body.status]).toEqual([200, "V"]);
    expect((await store.delete(path)).status).toBe(422);
    expect((await store.get(path)).body.status).toBe("V");
    const query = "SELECT void_reason, void_booked_at FROM invoices WHERE customer_id = ?";
    const kept = await env.DB.prepare(query).bind(customer).all();
    expect(kept.results).toEqual([{ void_reason: null, void_booked_at: expect.any(Number) }]);
  });
});
