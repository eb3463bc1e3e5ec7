import { beforeAll, describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import {
  addCustomers,
  addJuan,
  createCustomer,
  customerXml,
  JUAN,
  profileEvents,
  textsOf,
} from "../../support/imonggo/customers.ts";
import { openStore, type Store } from "../../support/imonggo/store.ts";
import type { Json } from "../../support/kirimel/till.ts";
import { childText } from "../../support/xml-document.ts";

stopClock("2060-06-01T08:00:00.123Z");

let store: Store;
let other: Store;

beforeAll(async () => {
  store = await openStore();
  other = await openStore();
  await addJuan(store);
}, 60_000);

const DOCUMENT = `<?xml version="1.0" encoding="UTF-8"?>
<customer>
  <alternate_code></alternate_code>
  <available_points>30511.0</available_points>
  <birthday nil="true"></birthday>
  <city></city>
  <code>0098420130000033</code>
  <company_name></company_name>
  <country>PH</country>
  <customer_type_id>8</customer_type_id>
  <email></email>
  <fax></fax>
  <first_name>Juan</first_name>
  <id>1534</id>
  <last_name>Cruz</last_name>
  <mobile></mobile>
  <name>Juan Cruz</name>
  <remark></remark>
  <state></state>
  <status nil="true"></status>
  <street></street>
  <tax_exempt>false</tax_exempt>
  <telephone></telephone>
  <tin></tin>
  <zipcode></zipcode>
  <customer_type_name>Gold</customer_type_name>
  <discount_text>0.0%</discount_text>
  <point_to_amount_ratio>200.0</point_to_amount_ratio>
  <birthdate nil="true"></birthdate>
  <utc_created_at>2013-05-25T02:24:31Z</utc_created_at>
  <utc_updated_at>2013-07-13T00:52:24Z</utc_updated_at>
</customer>
`;

const JSON_TEXT =
  '{"alternate_code":"","available_points":30511.0,"birthday":null,"city":"",' +
  '"code":"0098420130000033","company_name":"","country":"PH","customer_type_id":8,"email":"",' +
  '"fax":"","first_name":"Juan","id":1534,"last_name":"Cruz","mobile":"","name":"Juan Cruz",' +
  '"remark":"","state":"","status":null,"street":"","tax_exempt":false,"telephone":"","tin":"",' +
  '"zipcode":"","customer_type_name":"Gold","discount_text":"0.0%","point_to_amount_ratio":200.0,' +
  '"birthdate":null,"utc_created_at":"2013/05/25 02:24:31 +0000",' +
  '"utc_updated_at":"2013/07/13 00:52:24 +0000"}';

/** All keys, in the order of the wire. */
const KEYS = Object.keys(JSON.parse(JSON_TEXT) as Json);

const JUAN_AND_ANA = { first_name: "Ana", last_name: "Reyes" };

describe("a customer", () => {
  it("is shown as the documentation has him: cases 1 and 2", async () => {
    const reply = await store.get("/customers/1534.xml");
    expect([reply.status, reply.text]).toEqual([200, DOCUMENT]);
    const Authorization = `Basic ${btoa(`${store.token}:x`)}`;
    const lower = await store.get("/customers/1534.xml", { headers: { Authorization } });
    expect([lower.status, lower.text]).toEqual([200, DOCUMENT]);
  });

  it("is shown to nobody without a known token: cases 3 and 4", async () => {
    for (const token of [null, "0".repeat(40)]) {
      const reply = await store.get("/customers/1534.xml", { token });
      expect([reply.status, reply.errors]).toEqual([401, ["Unauthorized"]]);
      expect(reply.headers.get("WWW-Authenticate")).toBe('Basic realm="Application"');
    }
  });

  it("is shown as JSON where the path says so, whatever the headers: case 6", async () => {
    const headers = { Accept: "application/xml", "Content-Type": "application/xml" };
    const reply = await store.get("/customers/1534.json", { headers });
    expect([reply.status, reply.text]).toEqual([200, JSON_TEXT]);
  });

  it("that there is none of is not found, on any call: case 5", async () => {
    const none = await store.get("/customers/999999.xml");
    expect([none.status, none.errors]).toEqual([404, ["Not Found"]]);
    for (const path of ["/customers/999999.json", "/customers/abc.json"]) {
      const replies = [
        await store.get(path),
        await store.put(path, { customer: { name: "A" } }),
        await store.delete(path),
      ];
      for (const { status, errors } of replies) expect([status, errors]).toEqual(MISSING);
    }
  });

  it("of another account is not found either, and stays as it is", async () => {
    const path = "/customers/1534.json";
    const { status, errors } = await other.get(path);
    expect([status, errors]).toEqual(MISSING);
    expect((await other.put(path, { customer: { name: "Stolen" } })).status).toBe(404);
    expect((await other.delete(path)).status).toBe(404);
    expect((await store.get(path)).text).toBe(JSON_TEXT);
    expect((await other.get("/customers.json")).list).toEqual([]);
  });

  it("has all its keys in JSON, whatever is known of the person", async () => {
    await addCustomers(store.account, [{ number: 60 }]);
    const { body } = await store.get("/customers/60.json");
    expect(Object.keys(body)).toEqual(KEYS);
    const nothing = { name: "", birthdate: null, customer_type_id: null, customer_type_name: null };
    expect(body).toMatchObject({ ...nothing, discount_text: "0.0%", tax_exempt: false });
    expect((await store.get("/customers/60.json")).text).toContain('"point_to_amount_ratio":1.0,');
    const made = await createCustomer(store, { name: "A B" });
    expect(Object.keys(made)).toEqual(KEYS);
  });

  it("who came by another dialect shows the phone as mobile", async () => {
    const identifiers = [{ kind: "phone", value: "+639171234567" }];
    await addCustomers(store.account, [{ number: 61, identifiers }]);
    expect((await store.get("/customers/61.json")).body.mobile).toBe("+639171234567");
    const found = await store.get("/customers.json?mobile=%2B639171234567");
    expect(found.list.map(({ id }) => id)).toEqual([61]);
  });

  it("shows the birthday as a day, and in JSON also as its midnight at the account", async () => {
    await createCustomer(store, { name: "Born", birthdate: "1990-02-28", alternate_code: "B" });
    const [born] = (await store.get("/customers.json?alternate_code=B")).list;
    const both = { birthdate: "1990-02-28", birthday: "1990/02/28 00:00:00 +0800" };
    expect(born).toMatchObject(both);
    const { xml } = await store.get(`/customers/${born?.id}.xml`);
    expect(childText(xml, "birthday")).toBe("1990-02-28");
    expect(childText(xml, "birthdate")).toBe("1990-02-28");
  });
});

const MISSING = [404, ["Not Found"]];

describe("a new customer", () => {
  it("has the names joined, a code and no points: case 20", async () => {
    const reply = await store.post("/customers.xml", customerXml(JUAN_AND_ANA));
    expect(reply.status).toBe(201);
    const texts = textsOf(reply.xml);
    expect(texts).toMatchObject({ ...JUAN_AND_ANA, name: "Ana Reyes", available_points: "0.0" });
    expect(texts.code).toMatch(/^\d{16}$/);
    expect(texts).toMatchObject({ status: null, utc_created_at: "2060-06-01T08:00:00Z" });
    const again = await store.get(`/customers/${texts.id}.xml`);
    expect(again.text).toBe(reply.text);
  });

  it("is answered in JSON, wrapped or bare: case 21", async () => {
    const wrapped = await store.post("/customers.json", { customer: { name: "A B" } });
    const bare = await store.post("/customers.json", { name: "A B" });
    for (const { status, body } of [wrapped, bare]) {
      expect([status, body.name, typeof body.id]).toEqual([201, "A B", "number"]);
    }
    expect(bare.body.id).not.toBe(wrapped.body.id);
  });

  it("needs a name of some kind: case 22", async () => {
    const nil = '<customer><name nil="true">A</name><first_name>  </first_name></customer>';
    for (const body of [customerXml({ city: "Manila" }), customerXml({ name: "" }), nil, ""]) {
      const { status, errors } = await store.post("/customers.xml", body);
      expect([status, errors]).toEqual([422, ["Name can't be blank"]]);
    }
    for (const [field, name] of [
      ["first_name", "Ana"],
      ["last_name", "Reyes"],
      ["company_name", "Ana & Co"],
    ] as const) {
      expect((await createCustomer(store, { [field]: name })).name).toBe(name);
    }
  });

  it("is told by an event in the same feed, without personal data", async () => {
    const shop = await openStore();
    await createCustomer(shop, { name: "Ana Reyes", email: "ana@example.com" });
    const [told, ...others] = await profileEvents(shop);
    expect([told?.type, others]).toEqual(["customer.created", []]);
    expect(JSON.stringify(told)).not.toMatch(/Ana|example/);
  });
});

describe("a changed customer", () => {
  it("keeps what the request leaves out, and what nobody may write: case 25", async () => {
    const [given] = [{ ...JUAN, number: 70, metadata: { ...JUAN.metadata, city: "Manila" } }];
    await addCustomers(store.account, [given]);
    const before = (await store.get("/customers/70.json")).body;
    const readOnly = { available_points: 99, id: 5, code: "1", status: "D", colour: "red" };
    const ratio = { discount_text: "9%", point_to_amount_ratio: 1, utc_created_at: "2000-01-01" };
    const customer = { ...readOnly, ...ratio, remark: "Regular" };
    const reply = await store.put("/customers/70.json", { customer });
    expect(reply.status).toBe(200);
    const updated = { remark: "Regular", utc_updated_at: "2060/06/01 08:00:00 +0000" };
    expect(reply.body).toEqual({ ...before, ...updated });
    const xml = await store.put("/customers/70.xml", customerXml({ available_points: "99" }));
    expect(childText(xml.xml, "available_points")).toBe("30511.0");
  });

  it("is not changed at all by what changes nothing, and no event tells of it", async () => {
    const shop = await openStore();
    await addJuan(shop);
    const before = await shop.get("/customers/1534.json");
    const { first_name, last_name, country } = JUAN.metadata;
    const same = { first_name, last_name, country, name: JUAN.name, customer_type_id: 8 };
    const reply = await shop.put("/customers/1534.json", { customer: same });
    expect([reply.status, reply.text]).toEqual([200, before.text]);
    await shop.put("/customers/1534.json", { customer: { city: "Cebu", last_name: "Reyes" } });
    const told = await profileEvents(shop);
    expect(told.map(({ type }) => type)).toEqual([
      "customer.created",
      "customer.created",
      "customer.updated",
    ]);
    expect(told[2]?.data.fields).toEqual(["name", "city", "last_name"]);
  });

  it("is called by the joined names until a name of its own is given", async () => {
    const { id } = await createCustomer(store, { first_name: "Ana", last_name: "Reyes" });
    const put = async (customer: Json) => {
      const { status, body, errors } = await store.put(`/customers/${id}.json`, { customer });
      return status === 200 ? body.name : errors;
    };
    expect(await put({ last_name: "Cruz" })).toBe("Ana Cruz");
    expect(await put({ name: "Anita" })).toBe("Anita");
    expect(await put({ city: "Cebu" })).toBe("Anita");
    expect(await put({ name: "" })).toBe("Ana Cruz");
    expect(await put({ first_name: null, last_name: "" })).toEqual(["Name can't be blank"]);
    expect(await put({ company_name: "Ana & Co", first_name: "", last_name: "" })).toBe("Ana & Co");
  });

  it("loses no field when several change at once, and no part of the name", async () => {
    for (let round = 0; round < 4; round += 1) {
      const { id } = await createCustomer(store, { first_name: "Ana" });
      const put = (customer: Json) => store.put(`/customers/${id}.json`, { customer });
      const changes = [{ last_name: "Reyes" }, { first_name: "Eva" }, { city: "Cebu" }];
      const replies = await Promise.all(changes.map(put));
      expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
      const { body } = await store.get(`/customers/${id}.json`);
      expect(body).toMatchObject({ ...Object.assign({}, ...changes), name: "Eva Reyes" });
    }
  });
});

describe("a deleted customer", () => {
  it("can still be read, with the status that tells it, and be deleted again", async () => {
    const shop = await openStore();
    await addJuan(shop);
    const reply = await shop.delete("/customers/1534.xml");
    expect([reply.status, childText(reply.xml, "status")]).toEqual([200, "D"]);
    expect(childText(reply.xml, "name")).toBe("Juan Cruz");
    expect((await shop.get("/customers/1534.xml")).text).toBe(reply.text);
    const again = await shop.delete("/customers/1534.json");
    expect([again.status, again.body.status]).toEqual([200, "D"]);
    const changed = await shop.put("/customers/1534.json", { customer: { city: "Cebu" } });
    expect(changed.body).toMatchObject({ status: "D", city: "Cebu" });
    const updates = (await profileEvents(shop)).filter(({ type }) => type === "customer.updated");
    expect(updates.map(({ data }) => data.fields)).toEqual([["status"], ["city"]]);
  });
});
