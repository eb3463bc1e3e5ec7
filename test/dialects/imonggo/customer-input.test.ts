import { beforeAll, describe, expect, it } from "vitest";
import {
  addCustomers,
  addJuan,
  createCustomer,
  customerXml,
  textsOf,
} from "../../support/imonggo/customers.ts";
import { openStore, type Store, type StoreReply } from "../../support/imonggo/store.ts";
import type { Json } from "../../support/kirimel/till.ts";
import { nativeMake } from "../../support/native/native.ts";

let store: Store;

beforeAll(async () => {
  store = await openStore();
  await addJuan(store);
}, 60_000);

const TAKEN = "Alternate code has already been taken";

const answered = ({ status, errors }: StoreReply): string => [status, ...errors].join(" ");

describe("a text", () => {
  it.each([
    ["alternate_code", 30],
    ["first_name", 50],
    ["last_name", 50],
    ["company_name", 50],
    ["street", 50],
    ["city", 50],
    ["state", 50],
    ["zipcode", 50],
    ["telephone", 50],
    ["fax", 50],
    ["mobile", 50],
    ["email", 50],
    ["tin", 30],
    ["name", 100],
    ["remark", 500],
  ])("is cut to its width without a word: %s at %i", async (field, width) => {
    const long = "é🙂".repeat(width);
    const made = await createCustomer(store, { name: "A", [field]: long });
    expect(made[field]).toBe([...long].slice(0, width).join(""));
    const put = await store.put(`/customers/${made.id}.json`, {
      customer: { [field]: `x${long}` },
    });
    expect(put.body[field]).toBe([...`x${long}`].slice(0, width).join(""));
  });

  it("that is joined of two is cut as well", async () => {
    const [first_name, last_name] = ["f".repeat(50), "l".repeat(50)];
    const made = await createCustomer(store, { first_name, last_name });
    expect(made.name).toBe(`${first_name} ${"l".repeat(49)}`);
  });

  it("loses the blanks around it, and may hold what XML has to escape", async () => {
    const fields = { first_name: "\n  Ana &amp; &lt;Eva&gt; ", city: "<![CDATA[A & B]]>" };
    const { status, xml } = await store.post("/customers.xml", customerXml(fields));
    const texts = { first_name: "Ana & <Eva>", name: "Ana & <Eva>", city: "A & B" };
    expect([status, textsOf(xml)]).toEqual([201, expect.objectContaining(texts)]);
  });

  it("may be a number or a boolean in JSON, but no object and no list", async () => {
    const made = await createCustomer(store, { name: 1.5, tin: 12345678901234567890n.toString() });
    expect(made).toMatchObject({ name: "1.5", tin: "12345678901234567890" });
    expect((await createCustomer(store, { name: true })).name).toBe("true");
    for (const city of [{ a: 1 }, ["a"]]) {
      const refused = await store.post("/customers.json", { customer: { name: "A", city } });
      expect(answered(refused)).toBe("422 City is invalid");
    }
  });

  it("is cleared by an empty one and by null", async () => {
    const all = { city: "Cebu", email: "a@b.ph", tin: "1", birthdate: "1990-01-31" };
    const { id } = await createCustomer(store, { name: "A", ...all, tax_exempt: true });
    const nil = '<city nil="true">Manila</city><email></email><tin/><birthdate nil="true"/>';
    const put = await store.put(`/customers/${id}.xml`, `<customer>${nil}</customer>`);
    const cleared = { city: "", email: "", tin: "", birthdate: null, tax_exempt: "true" };
    expect(textsOf(put.xml)).toMatchObject(cleared);
  });
});

describe("a day of birth", () => {
  it.each([
    ["1999-12-31", "1999-12-31"],
    ["1999/12/31", "1999-12-31"],
    ["1999/12/31 00:00:00 +0800", "1999-12-31"],
    ["1999-12-31T00:00:00Z", "1999-12-31"],
    ["31-31-1999", null],
    ["1999-02-29", null],
    ["2000-02-29", "2000-02-29"],
    ["soon", null],
    [19991231, null],
    [{ a: 1 }, null],
  ])("that is %j is kept as %j: case 24", async (birthdate, kept) => {
    expect((await createCustomer(store, { name: "A", birthdate })).birthdate).toBe(kept);
  });

  it("that is none is nil in XML, and clears an earlier one", async () => {
    const born = { first_name: "A", birthdate: "31-31-1999" };
    const { status, xml } = await store.post("/customers.xml", customerXml(born));
    expect([status, textsOf(xml).birthdate]).toEqual([201, null]);
    const { id } = await createCustomer(store, { name: "A", birthdate: "1999-12-31" });
    const put = await store.put(`/customers/${id}.json`, { customer: { birthdate: "never" } });
    expect(put.body.birthdate).toBe(null);
  });
});

describe("a country, an e-mail and a tax exemption", () => {
  it("have one form each; a country that is no code is none", async () => {
    const given = { name: "A", country: "ph", email: "Ana@Example.com", tax_exempt: "true" };
    const forms = { country: "PH", email: "ana@example.com", tax_exempt: true };
    expect(await createCustomer(store, given)).toMatchObject(forms);
    const other = { name: "A", country: "Malaysia", tax_exempt: "maybe" };
    expect(await createCustomer(store, other)).toMatchObject({ country: "", tax_exempt: false });
  });
});

describe("a customer type", () => {
  it("is given and changed by its number; what names none is ignored", async () => {
    const silver = { number: 9, name: "Silver", discount_percent: "5", points_per_unit: "100" };
    await nativeMake("/customer_types", silver, store.account);
    await nativeMake("/customer_types", { number: 10, name: "Old", active: false }, store.account);
    const made = await createCustomer(store, { name: "A", customer_type_id: "9" });
    const shown = { customer_type_id: 9, customer_type_name: "Silver", discount_text: "5.0%" };
    expect(made).toMatchObject({ ...shown, point_to_amount_ratio: 100 });
    const path = `/customers/${made.id}.json`;
    for (const customer_type_id of [77, "", null, "Gold", { a: 1 }, 10, -8]) {
      const put = await store.put(path, { customer: { customer_type_id } });
      expect([put.status, put.body.customer_type_id]).toEqual([200, 9]);
      const other = await createCustomer(store, { name: "A", customer_type_id });
      expect(other.customer_type_id).toBe(null);
    }
    const put = await store.put(path, { customer: { customer_type_id: 8 } });
    expect(put.body).toMatchObject({ customer_type_id: 8, customer_type_name: "Gold" });
  });

  it("that is not active counts for nothing", async () => {
    const past = { number: 11, name: "Past", points_per_unit: "5", discount_percent: "5" };
    await nativeMake("/customer_types", { ...past, active: false }, store.account);
    await addCustomers(store.account, [{ number: 2000, name: "Late", type: 11 }]);
    const alone = (await store.get("/customers/2000.json")).body;
    const [listed] = (await store.get("/customers.json?name=Late")).list;
    const none = { customer_type_id: null, customer_type_name: null, discount_text: "0.0%" };
    for (const body of [alone, listed]) {
      expect(body).toMatchObject({ ...none, point_to_amount_ratio: 1 });
    }
  });
});

describe("an alternate code", () => {
  it("belongs to one customer: case 23", async () => {
    const alternate_code = "CARD-1";
    const holder = await createCustomer(store, { name: "A", alternate_code });
    const again = await store.post("/customers.xml", customerXml({ name: "B", alternate_code }));
    expect(answered(again)).toBe(`422 ${TAKEN}`);
    const other = await createCustomer(store, { name: "C" });
    const customer = { alternate_code, city: "Cebu" };
    const put = await store.put(`/customers/${other.id}.json`, { customer });
    expect([put.status, put.body]).toEqual([422, { error: TAKEN }]);
    expect((await store.get(`/customers/${other.id}.json`)).body).toEqual(other);
    const own = await store.put(`/customers/${holder.id}.json`, { customer });
    expect(own.body).toMatchObject({ alternate_code, city: "Cebu" });
  });

  it("is free again when its holder has another or none, but not when he is deleted", async () => {
    const holder = await createCustomer(store, { name: "A", alternate_code: "CARD-2" });
    const path = `/customers/${holder.id}.json`;
    await store.put(path, { customer: { alternate_code: "" } });
    const next = await createCustomer(store, { name: "B", alternate_code: "CARD-2" });
    await store.delete(`/customers/${next.id}.json`);
    const put = await store.put(path, { customer: { alternate_code: "CARD-2" } });
    expect(answered(put)).toBe(`422 ${TAKEN}`);
  });

  it("may be nobody's, any number of times, and another account's as well", async () => {
    const empty = { name: "A", alternate_code: "" };
    await createCustomer(store, empty);
    await createCustomer(store, empty);
    const other = await openStore();
    const code = { name: "A", alternate_code: "CARD-3" };
    await createCustomer(store, code);
    expect(await createCustomer(other, code)).toMatchObject(code);
  });

  it("goes to one of several who are created with it at once", async () => {
    for (let round = 0; round < 3; round += 1) {
      const customer = { name: "A", alternate_code: `RACE-${round}` };
      const create = () => store.post("/customers.json", { customer });
      const replies = await Promise.all([create(), create(), create()]);
      expect(replies.map(answered).sort()).toEqual(["201", `422 ${TAKEN}`, `422 ${TAKEN}`]);
    }
  });

  it("goes to one of two who are given it at once", async () => {
    const customers: Json[] = [
      await createCustomer(store, { name: "A" }),
      await createCustomer(store, { name: "B" }),
    ];
    const customer = { alternate_code: "RACE-PUT" };
    const replies = await Promise.all(
      customers.map(({ id }) => store.put(`/customers/${id}.json`, { customer })),
    );
    expect(replies.map(answered).sort()).toEqual(["200", `422 ${TAKEN}`]);
  });
});
