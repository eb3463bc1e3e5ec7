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
import type { Json } from "../../support/kirimel/till.ts";
import { childText } from "../../support/xml-document.ts";

let store: Store;
let references = 0;

beforeAll(async () => {
  store = await openStore();
  await addType(store);
}, 60_000);

function nextReference(): string {
  references += 1;
  return `POS1-${references}`;
}

/** The example of the documentation, over so much. */
function xmlInvoice(customer: string, reference: string, price = "1000"): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<invoice>
  <reference>${reference}</reference>
  <invoice_date>2011-04-01T00:00:00Z</invoice_date>
  ${customer}
  <salesman_id>21</salesman_id>
  <remark>text</remark>
  <tax_inclusive>true</tax_inclusive>
  <invoice_lines type="array">
    <invoice_line>
      <product_id>54</product_id>
      <quantity>1</quantity>
      <retail_price>${price}</retail_price>
    </invoice_line>
  </invoice_lines>
  <payments type="array">
    <payment>
      <amount>${price}</amount>
      <payment_type_id>1</payment_type_id>
      <tender>${price}</tender>
    </payment>
  </payments>
  <invoice_tax_rates type="array"/>
</invoice>`;
}

const refused = (reply: StoreReply, text: string): void => {
  expect([reply.status, reply.errors]).toEqual([422, [text]]);
};

describe("an invoice", () => {
  it("case 29: earns a point for every earn amount, and is answered with its number", async () => {
    const juan = await addMember(store);
    const id = `<customer_id>${juan}</customer_id>`;
    const reply = await store.post("/invoices.xml", xmlInvoice(id, nextReference()));
    expect(reply.status).toBe(201);
    expect(reply.xml.name).toBe("invoice");
    expect(Number(childText(reply.xml, "id"))).toBeGreaterThan(0);
    expect(childText(reply.xml, "points_earned")).toBe("10.0");
    expect(await pointsOf(store, juan)).toBe(1_000);
    const { body } = await store.get(`/customers/${juan}.json`);
    expect(body.available_points).toBe(10);
    expect(await auditOf(store, juan)).toEqual([]);
  });

  it("is shown with all that the till sent of it", async () => {
    const juan = await addMember(store);
    const reference = nextReference();
    const line = { product_id: 54, quantity: 1, retail_price: 100, discount_text: "10%" };
    const payment = { amount: 90, payment_type_id: 1, tender: 100 };
    const given = {
      reference,
      invoice_date: "2011/04/01 08:00:00 +0800",
      salesman_id: 21,
      remark: "text",
      invoice_lines: [line],
      payments: [payment],
    };
    const reply = await store.post("/invoices.json", invoiceOf(juan, "0", given));
    const { id, invoice_no, utc_created_at, utc_updated_at, ...rest } = reply.body;
    expect(invoice_no).toBe(String(id).padStart(6, "0"));
    const time = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \+0000$/;
    expect([utc_created_at, utc_updated_at]).toEqual([
      expect.stringMatching(time),
      expect.stringMatching(time),
    ]);
    expect(rest).toEqual({
      reference,
      invoice_date: "2011/04/01 00:00:00 +0000",
      status: null,
      amount: 90,
      branch_id: 11,
      customer_id: juan,
      customer_name: "Juan Cruz",
      user_id: 20,
      salesman_id: 21,
      remark: "text",
      tax_inclusive: true,
      points_earned: 0,
      invoice_lines: [
        {
          line_no: 1,
          product_id: 54,
          product_name: null,
          product_stock_no: null,
          quantity: 1,
          retail_price: 100,
          price: 90,
          discount_text: "10%",
          subtotal: 90,
        },
      ],
      payments: [{ amount: 90, payment_type_id: 1, tender: 100 }],
      invoice_tax_rates: [],
    });
    expect(reply.text).toContain('"amount":90.0,');
    expect((await store.get(`/invoices/${id}.json`)).text).toBe(reply.text);
  });

  it("is the same in XML, with its lists marked as such", async () => {
    const reply = await store.post("/invoices.xml", xmlInvoice("", nextReference(), "99.50"));
    const lines = reply.xml.children.find(({ name }) => name === "invoice_lines");
    expect(lines?.attributes).toEqual({ type: "array" });
    const [line] = lines?.children ?? [];
    expect(line && childText(line, "subtotal")).toBe("99.5");
    expect(reply.text).toContain('<invoice_tax_rates type="array"/>');
    expect(childText(reply.xml, "status")).toBeNull();
  });

  it("case 30: is refused with a reference that is taken, and earns nothing", async () => {
    const juan = await addMember(store);
    const invoice = xmlInvoice(`<customer_id>${juan}</customer_id>`, nextReference());
    await store.post("/invoices.xml", invoice);
    refused(await store.post("/invoices.xml", invoice), "Reference has already been taken");
    const other = await addMember(store);
    const json = invoiceOf(other, "1000", { reference: `POS1-${references}` });
    const reply = await store.post("/invoices.json", json);
    expect(reply.text).toBe('{"error":"Reference has already been taken"}');
    expect([await pointsOf(store, juan), await pointsOf(store, other)]).toEqual([1_000, 0]);
  });

  it("is kept once of many at once with the same reference", async () => {
    const juan = await addMember(store);
    const invoice = invoiceOf(juan, "1000", { reference: nextReference() });
    const calls = Array.from({ length: 5 }, () => store.post("/invoices.json", invoice));
    const statuses = (await Promise.all(calls)).map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 422, 422, 422, 422]);
    expect(await countEntries(store, juan, "bill")).toBe(1);
    expect(await pointsOf(store, juan)).toBe(1_000);
  });

  it("is another one each time without a reference, also at the same time", async () => {
    const juan = await addMember(store);
    const calls = Array.from({ length: 4 }, () =>
      store.post("/invoices.json", invoiceOf(juan, "100")),
    );
    const ids = (await Promise.all(calls)).map(({ body }) => body.id);
    expect(new Set(ids).size).toBe(4);
    expect(await pointsOf(store, juan)).toBe(400);
  });

  it.each(["999999", "0", "-5", "abc"])(
    "case 31: of a customer %s whom nobody knows is nobody's",
    async (customer) => {
      const invoice = xmlInvoice(`<customer_id>${customer}</customer_id>`, nextReference());
      const reply = await store.post("/invoices.xml", invoice);
      expect(reply.status).toBe(201);
      expect(childText(reply.xml, "customer_id")).toBeNull();
      expect(childText(reply.xml, "points_earned")).toBe("0.0");
    },
  );

  it("case 32: of a customer that is nil is nobody's, whatever the text", async () => {
    const juan = await addMember(store);
    const nil = `<customer_id nil="true">${juan}</customer_id>`;
    const reply = await store.post("/invoices.xml", xmlInvoice(nil, nextReference()));
    expect([reply.status, childText(reply.xml, "customer_id")]).toEqual([201, null]);
    expect(await pointsOf(store, juan)).toBe(0);
  });

  it("of somebody who was deleted is nobody's", async () => {
    const juan = await addMember(store);
    await store.delete(`/customers/${juan}.json`);
    const { status, body } = await store.post("/invoices.json", invoiceOf(juan, "1000"));
    expect([status, body.customer_id, body.points_earned]).toEqual([201, null, 0]);
    expect(await countEntries(store, juan, "bill")).toBe(0);
  });

  it("of a customer who is in no group that earns is theirs and earns nothing", async () => {
    await addType(store, { number: 30, name: "Spend", earn_amount: null });
    await addType(store, { number: 31, name: "Old", active: false });
    for (const type of [null, 30, 31]) {
      const juan = await addMember(store, 0, type);
      const { body } = await store.post("/invoices.json", invoiceOf(juan, "1000"));
      expect([body.customer_id, body.points_earned]).toEqual([juan, 0]);
      expect(await countEntries(store, juan, "bill")).toBe(1);
    }
  });

  it("finds its customer by a name that only one has, in any case", async () => {
    const name = `Maria ${crypto.randomUUID()}`;
    const maria = await addMember(store, 0, 8, { name });
    const named = { customer_name: name.toUpperCase() };
    const one = await store.post("/invoices.json", invoiceOf(null, "100", named));
    expect(one.body.customer_id).toBe(maria);
    const beaten = { ...named, customer_id: 999_999 };
    const nobodys = await store.post("/invoices.json", invoiceOf(null, "100", beaten));
    expect(nobodys.body.customer_id).toBeNull();
    await addMember(store, 0, 8, { name });
    const several = await store.post("/invoices.json", invoiceOf(null, "100", named));
    expect(several.body.customer_id).toBeNull();
    expect(await pointsOf(store, maria)).toBe(100);
  });

  it.each<[string, Json, string]>([
    ["a product", { quantity: 1, retail_price: 1 }, "Product can't be blank"],
    ["anything", {}, "Product can't be blank"],
    ["a quantity", { product_id: 5, retail_price: 1 }, "Quantity can't be blank"],
    ["a price", { product_id: 5, quantity: 1 }, "Retail price can't be blank"],
  ])("case 33: is refused a line without %s", async (_what, line, text) => {
    const given = { invoice_lines: [line] };
    const reply = await store.post("/invoices.json", invoiceOf(null, "0", given));
    expect([reply.status, reply.errors[0]?.startsWith(text)]).toEqual([422, true]);
  });

  it("case 33: is refused in XML with that text alone", async () => {
    const invoice = xmlInvoice("", nextReference()).replace(/<product_id>.*<\/product_id>/, "");
    refused(await store.post("/invoices.xml", invoice), "Product can't be blank");
  });

  it.each(["product_name", "product_stock_no"])("names a product by its %s alone", async (name) => {
    const given = { invoice_lines: [{ [name]: "A-1", quantity: 1, retail_price: 5 }] };
    const { body } = await store.post("/invoices.json", invoiceOf(null, "0", given));
    expect((body.invoice_lines as Json[])[0]).toMatchObject({ product_id: null, [name]: "A-1" });
  });

  it.each<[Json, string]>([
    [{ invoice_lines: [] }, "Invoice lines can't be blank"],
    [{ invoice_lines: null }, "Invoice lines can't be blank"],
    [{ invoice_lines: "x" }, "Invoice lines is invalid"],
    [{ invoice_date: "yesterday" }, "Invoice date is invalid"],
    [{ reference: "x".repeat(256) }, "Reference must be at most 255 characters"],
    [{ user_id: "me" }, "User is invalid"],
  ])("is refused with %j", async (given, text) => {
    refused(await store.post("/invoices.json", invoiceOf(null, "1", given)), text);
  });

  it("is not changed: PUT is refused", async () => {
    const { body } = await store.post("/invoices.json", invoiceOf(null, "1"));
    const reply = await store.put(`/invoices/${body.id}.json`, invoiceOf(null, "2"));
    expect([reply.status, reply.headers.get("allow")]).toEqual([405, "GET, DELETE"]);
  });

  it.each(["0", "999999", "x"])("is not found under the number %s", async (number) => {
    const reply = await store.get(`/invoices/${number}.xml`);
    expect([reply.status, reply.errors]).toEqual([404, ["Not Found"]]);
  });

  it("is not found by another account, nor is its reference taken there", async () => {
    const other = await openStore();
    const reference = nextReference();
    const { body } = await store.post("/invoices.json", invoiceOf(null, "1", { reference }));
    expect((await other.get(`/invoices/${body.id}.json`)).status).toBe(404);
    expect((await other.delete(`/invoices/${body.id}.json`)).status).toBe(404);
    const theirs = await other.post("/invoices.json", invoiceOf(null, "1", { reference }));
    expect(theirs.status).toBe(201);
  });
});

describe("an invoice's branch", () => {
  let chain: Store;

  beforeAll(async () => {
    const branches = [11, 12].map((number) => ({ code: `B${number}`, name: "Branch", number }));
    chain = await openStore({ branches });
  }, 60_000);

  it("case 37: must be told where there are several", async () => {
    const reply = await chain.post("/invoices.xml", xmlInvoice("", nextReference()));
    refused(reply, "Branch can't be blank");
  });

  it.each(["branch_id", "branch"])("is told in the query as %s", async (name) => {
    const reply = await chain.post(`/invoices.json?${name}=12`, invoiceOf(null, "1"));
    expect([reply.status, reply.body.branch_id]).toEqual([201, 12]);
  });

  it("must be one of the account's", async () => {
    const reply = await chain.post("/invoices.json?branch_id=13", invoiceOf(null, "1"));
    expect(reply.status).toBe(404);
  });

  it("is none where the account has none", async () => {
    const bare = await openStore({ branches: [] });
    const { status, body } = await bare.post("/invoices.json", invoiceOf(null, "1"));
    expect([status, body.branch_id]).toEqual([201, null]);
  });
});
