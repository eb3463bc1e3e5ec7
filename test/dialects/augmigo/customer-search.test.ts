import { beforeAll, describe, expect, it, vi } from "vitest";
import { type Cafe, openCafe } from "../../support/augmigo/cafe.ts";
import { addCustomer, byCode, readBack, said, someone } from "../../support/augmigo/customers.ts";
import { d1Rows } from "../../support/d1.ts";
import type { Json } from "../../support/kirimel/till.ts";
import { importLines } from "../../support/native/merchant.ts";

// Every registration hashes a password.
vi.setConfig({ testTimeout: 30_000 });

let cafe: Cafe;

beforeAll(async () => {
  cafe = await openCafe();
});

const byKey = ({ customer_key: key }: Json) => `/customers/customer-key/${key}`;
const search = (body: Json, limit: number | string = 10) =>
  cafe.post(`/customers/search/${limit}`, body);

let cards = 0;

/** A code that nobody has. */
function freshCode(): string {
  cards += 1;
  return `77770000${String(cards).padStart(8, "0")}`;
}

describe("a search", () => {
  it("finds by each of its five fields", async () => {
    const made = await addCustomer(cafe, { name: "Zoë Quux", merchant_reference_code: "S-1" });
    await addCustomer(cafe);
    const { email, mobile_phone, reference_code } = made;
    for (const wanted of [
      { name: "Zoë Quux" },
      { name: "QUUX" },
      { email },
      { email: ` ${String(email).toUpperCase()}` },
      { mobile_phone },
      { mobile_phone: String(mobile_phone).replace("+60", "+60 ") },
      { reference_code },
      { merchant_reference_code: "S-1" },
    ]) {
      const { status, list, text } = await search(wanted);
      expect([status, list]).toEqual([200, [made]]);
      expect(text).toBe(JSON.stringify([made]));
    }
  });

  it("takes a form", async () => {
    const made = await addCustomer(cafe);
    const form = new URLSearchParams({ email: String(made.email) }).toString();
    const { list } = await cafe.post("/customers/search/1", form);
    expect(list).toEqual([made]);
  });

  it("wants all that is given", async () => {
    const [one, two] = [await addCustomer(cafe), await addCustomer(cafe)];
    const both = { email: one.email, mobile_phone: two.mobile_phone };
    expect((await search(both)).list).toEqual([]);
    const own = { email: one.email, mobile_phone: one.mobile_phone, name: "Customer" };
    expect((await search(own)).list).toEqual([one]);
  });

  it("takes neither a part of an e-mail nor a wildcard", async () => {
    await addCustomer(cafe, { name: "Per Cent" });
    for (const name of ["P%t", "P_r", "%"]) expect((await search({ name })).list).toEqual([]);
    expect((await search({ email: "ail@email.com" })).list).toEqual([]);
  });

  it("shows the newest first, as many as the path says and at most 100", async () => {
    const shop = await openCafe();
    const lines = Array.from({ length: 105 }, (_, n) => ({ name: `Same ${n}`, number: 5_000 + n }));
    await importLines(shop.account, lines);
    const found = async (limit: number | string) =>
      (await shop.post(`/customers/search/${limit}`, { name: "same" })).list;
    const names = (await found(3)).map(({ name }) => name);
    const stored = await d1Rows<{ name: string }>(
      `SELECT c.name FROM customers AS c JOIN merchants AS m ON m.id = c.merchant_id
       WHERE m.slug = ? ORDER BY c.number DESC LIMIT 3`,
      shop.account,
    );
    expect(names).toEqual(stored.map(({ name }) => name));
    expect(await found(101)).toHaveLength(100);
    expect(await found("0000000002")).toHaveLength(2);
  });

  it.each(["0", "-1", "1.5", "x", "1e3"])("refuses the limit %s", async (limit) => {
    expect(said(await search({ name: "a" }, limit))).toEqual([400, "Limit is not valid"]);
  });

  it.each([[{}], [{ name: "" }], [{ name: null, email: "" }], [{ gender: "m" }]])(
    "wants one input: %j",
    async (wanted) => {
      expect(said(await search(wanted))).toEqual([400, "Either one input is required"]);
    },
  );

  it("refuses an input that cannot be one", async () => {
    expect(said(await search({ email: "x" }))).toEqual([400, "Email is not valid"]);
    expect(said(await search({ mobile_phone: "x" }))).toEqual([400, "Mobile phone is not valid"]);
  });

  it("finds nobody who was erased", async () => {
    const made = await addCustomer(cafe, { name: "Gone With" });
    await cafe.call("DELETE", byCode(made));
    expect((await search({ name: "Gone With" })).list).toEqual([]);
    expect((await search({ reference_code: made.reference_code })).list).toEqual([]);
  });
});

describe("the calls by customer key", () => {
  it("read, update and delete as those by reference code do", async () => {
    const made = await addCustomer(cafe);
    expect((await cafe.get(byKey(made))).text).toBe(JSON.stringify(made));
    const update = await cafe.call("PUT", byKey(made), { body: { birth_date: "28-02-1990" } });
    expect([update.status, update.text]).toEqual([200, ""]);
    expect((await readBack(cafe, made)).birth_date).toBe("28-02-1990");
    expect((await cafe.call("DELETE", byKey(made))).status).toBe(204);
    expect(said(await cafe.call("DELETE", byKey(made)))).toEqual([400, "Customer is not exist"]);
    const text = `Customer with customer key (${made.customer_key}) is not found`;
    expect(said(await cafe.get(byKey(made)))).toEqual([400, text]);
  });

  it.each(["x", "cus_", "cus_01M7WH840PX7PYZ9PMKF2NS5DS"])("know nobody by %s", async (key) => {
    const path = `/customers/customer-key/${key}`;
    expect((await cafe.get(path)).status).toBe(400);
    const refused = [400, "Customer is not exist"];
    expect(said(await cafe.call("PUT", path, { body: { name: "A" } }))).toEqual(refused);
    expect(said(await cafe.call("DELETE", path))).toEqual(refused);
  });
});

describe("a customer of another dialect", () => {
  it("gets a reference code when an Augmigo till first sees it, once", async () => {
    const identifiers = [{ kind: "phone", value: "+60155500001" }];
    await importLines(cafe.account, [{ name: "Old Friend", identifiers }]);
    const wanted = { mobile_phone: "+60155500001" };
    const replies = await Promise.all([search(wanted), search(wanted), search(wanted)]);
    const codes = replies.map(({ list }) => list[0]?.reference_code);
    expect(codes[0]).toMatch(/^\d{16}$/);
    expect(new Set(codes).size).toBe(1);
    const read = await cafe.get(`/customers/reference-code/${codes[0]}`);
    expect(read.body).toMatchObject({ name: "Old Friend", mobile_phone: "+60155500001" });
  });

  it("gets it when it is read by its key, too", async () => {
    const [line] = await importLines(cafe.account, [{ name: "New Friend", number: 9_001 }]);
    const path = `/customers/customer-key/${line?.customer}`;
    const { body } = await cafe.get(path);
    expect(body.reference_code).toMatch(/^\d{16}$/);
    expect((await cafe.get(path)).body).toEqual(body);
  });

  it("keeps the code that it was imported with", async () => {
    const code = freshCode();
    const identifiers = [{ kind: "reference_code", value: code }];
    await importLines(cafe.account, [{ name: "Coded", identifiers, email: "coded@email.com" }]);
    const { body } = await cafe.get(`/customers/reference-code/${code}`);
    expect(body).toMatchObject({ name: "Coded", email: "coded@email.com", reference_code: code });
  });
});

describe("read-or-register", () => {
  const path = (code: string) => `/customers/reference-code/${code}/read-or-register`;

  it("tells name, code and key of somebody known, and registers nobody", async () => {
    const made = await addCustomer(cafe);
    const { status, text } = await cafe.get(path(String(made.reference_code)));
    expect(status).toBe(200);
    const { name, reference_code, customer_key } = made;
    expect(text).toBe(JSON.stringify({ name, reference_code, customer_key }));
  });

  it("registers somebody nameless under a code that nobody has", async () => {
    const code = freshCode();
    const { status, body } = await cafe.get(path(code));
    expect([status, body]).toEqual([
      200,
      { name: null, reference_code: code, customer_key: body.customer_key },
    ]);
    expect((await cafe.get(path(code))).body).toEqual(body);
    const update = { name: "Named", mobile_phone: someone().mobile_phone };
    const named = `/customers/reference-code/${code}`;
    expect((await cafe.call("PUT", named, { body: update })).status).toBe(200);
    expect((await cafe.get(named)).body).toMatchObject({ ...update, reference_code: code });
  });

  it("lets somebody be named who has neither e-mail nor phone", async () => {
    const code = freshCode();
    await cafe.get(path(code));
    const named = `/customers/reference-code/${code}`;
    expect((await cafe.call("PUT", named, { body: { name: "Named" } })).status).toBe(200);
  });

  it("registers one customer, however many tills read the card at once", async () => {
    const code = freshCode();
    const replies = await Promise.all([1, 2, 3, 4].map(() => cafe.get(path(code))));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(new Set(replies.map(({ body }) => body.customer_key)).size).toBe(1);
  });

  it.each(["123456789012345", "12345678901234567", "123456789012345x", "-234567890123456"])(
    "refuses %s, which is no code",
    async (code) => {
      expect(said(await cafe.get(path(code)))).toEqual([400, "Reference code is invalid"]);
    },
  );
});
