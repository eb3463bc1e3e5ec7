import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { d1Rows } from "../../support/d1.ts";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import {
  expectInvalid,
  kirimel,
  kirimelKey,
  myRestaurant,
  post,
} from "../../support/kirimel/requests.ts";
import { CLIENT_STYLES, formTill } from "../../support/kirimel/signing.ts";
import { create, establish } from "../../support/native/merchant.ts";

stopClock("2060-06-01T08:00:00.789Z");

beforeAll(() => establish(myRestaurant()));

const register = (fields: object) => post("/customers/register", { ...fields });

interface Stored {
  readonly name: string | null;
  readonly email: string | null;
  readonly birth_date: string | null;
  readonly attributes: string;
}

async function stored(number: unknown): Promise<Stored | null> {
  const digits = String(number).replace("CUST_", "");
  const query = "SELECT name, email, birth_date, attributes FROM customers WHERE number = ?";
  return env.DB.prepare(query).bind(Number(digits)).first<Stored>();
}

describe("a registration", () => {
  it("answers as documented, in the documented order (case 13)", async () => {
    const fields = { phone: "+60111000001", name: "Jane Doe" };
    const answer = await post("/customers/register", fields, { style: formTill });
    expect(answer.status).toBe(200);
    const [, number] = /^CUST_([1-9]\d*)$/.exec(String(answer.body.customer_id)) ?? [];
    expect(answer.text).toBe(
      `{"success":true,"customer_id":"CUST_${number}","wallet_id":"WALLET_${number}",` +
        '"points_balance":0,"tier":"BRONZE"}',
    );
  });

  it("sent again finds the same customer (case 14)", async () => {
    const fields = { phone: "+60111000002", name: "Jane Doe" };
    const first = await register(fields);
    const again = await register(fields);
    expect(again.status).toBe(200);
    expect(again.text).toBe(first.text);
  });

  it("needs a phone or a QR code (case 15)", async () => {
    const before = await dumpEverything();
    const fields = { name: "Nobody", email: "nobody@example.com" };
    expectInvalid(await register(fields), "phone");
    expect(await dumpEverything()).toBe(before);
  });

  it.each(CLIENT_STYLES)("by a QR code alone is enough, as %s sends it", async (name, style) => {
    const answer = await post("/customers/register", { qr_code: `ONLY ${name}` }, { style });
    expect(answer.body).toMatchObject({ success: true, points_balance: 0 });
    const found = await kirimel(`/customers/lookup?identifier=ONLY ${name}`);
    expect(found.body).toMatchObject({ data: { phone: null, name: null, email: null } });
  });

  it("gives rising numbers, above those that a vendor gave before", async () => {
    const first = await register({ phone: "+60111000003" });
    const second = await register({ phone: "+60111000004" });
    const [one = 0, other = 0] = [first, second].map(({ body }) =>
      Number(String(body.customer_id).replace("CUST_", "")),
    );
    expect(one).toBeGreaterThan(123456);
    expect(other).toBe(one + 1);
  });

  it("keeps what it was told of the customer", async () => {
    const { body } = await register({
      phone: "+60111000005",
      name: "Zoë 🎂 O'Hara",
      email: " Zoe@Example.COM ",
      birth_date: "2000-02-29",
      tags: ["vip", "早鳥"],
    });
    expect(await stored(body.customer_id)).toEqual({
      name: "Zoë 🎂 O'Hara",
      email: "zoe@example.com",
      birth_date: "2000-02-29",
      attributes: '{"tags":["vip","早鳥"]}',
    });
  });

  it("makes the customer one of the key's site", async () => {
    await create("/sites", { code: "SECOND", name: "Second" }, "myrestaurant");
    const key = { text: "kiri_second_site", secret: "secret_second_site" };
    await create("/keys", kirimelKey(key, { site: "SECOND" }), "myrestaurant");
    await post("/customers/register", { phone: "+60111000006" }, { key });
    await register({ phone: "+60111000007" });
    const second = await kirimel("/customers/lookup?phone=%2B60111000006");
    expect(second.body).toMatchObject({ data: { site_id: 2 } });
    const first = await kirimel("/customers/lookup?phone=%2B60111000007");
    expect(first.body).toMatchObject({ data: { site_id: 1 } });
  });
});

describe("a phone or QR code that is registered", () => {
  it("answers the customer's present balance and tier", async () => {
    const { body } = await register({ phone: "+60111000010" });
    await post("/points/earn", { customer_id: body.customer_id, points: 1200 });
    const again = await register({ phone: "+60111000010", name: "Later" });
    expect(again.body).toEqual({ ...body, points_balance: 1200, tier: "SILVER" });
  });

  it("overwrites nothing of the stored profile", async () => {
    const { body } = await register({
      phone: "+60111000011",
      qr_code: "QR-11",
      name: "First",
      email: "first@example.com",
      tags: ["a"],
    });
    const before = await stored(body.customer_id);
    const again = await register({
      phone: "+60111000011",
      qr_code: "QR-11-B",
      name: "Second",
      email: "second@example.com",
      birth_date: "2001-01-01",
      tags: ["b"],
    });
    expect(again.text).toBe(JSON.stringify(body));
    expect(await stored(body.customer_id)).toEqual(before);
    const other = await kirimel("/customers/lookup?identifier=QR-11-B");
    expect(other.status).toBe(404);
  });

  it("fills in what is missing, and tells so once", async () => {
    const { body } = await register({ phone: "+60111000014" });
    const more = { qr_code: "QR-14", name: "Later", email: "later@example.com" };
    for (let i = 0; i < 2; i += 1) {
      expect((await register({ phone: "+60111000014", ...more })).text).toBe(JSON.stringify(body));
    }
    const found = await kirimel("/customers/lookup?identifier=QR-14");
    const { qr_code: _, ...shown } = more;
    expect(found.body).toMatchObject({ data: { phone: "+60111000014", ...shown } });
    const events = "SELECT data FROM events WHERE type = 'customer.updated' AND data LIKE ?";
    const told = await env.DB.prepare(events).bind('%"fields":["qr","name","email"]%').all();
    expect(told.results).toHaveLength(1);
    await register({ qr_code: "QR-15" });
    await register({ qr_code: "QR-15", phone: "+60111000015" });
    expect((await kirimel("/customers/lookup?phone=%2B60111000015")).status).toBe(200);
  });

  it.each(["QR-123456", "QR-NEW"])("is found by its QR code as well (%s)", async (code) => {
    const first = await register({ qr_code: code });
    const again = await register({ qr_code: code, phone: "+60111000012" });
    expect(again.body.customer_id).toBe(first.body.customer_id);
  });

  it("is refused beside another customer's, and nothing changes", async () => {
    await register({ phone: "+60111000013", qr_code: "QR-13-A" });
    await register({ qr_code: "QR-13" });
    await register({ phone: "+60111000016" });
    const tables = ["customers", "identifiers", "events"];
    const people = () => Promise.all(tables.map((table) => d1Rows(`SELECT * FROM ${table}`)));
    const before = await people();
    for (const phone of ["+60111000013", "+60111000016"]) {
      expectInvalid(await register({ qr_code: "QR-13", phone, name: "Taken" }), "qr_code");
    }
    expect(await people()).toEqual(before);
  });

  it("is told apart by the case of a QR code's letters", async () => {
    const lower = await register({ qr_code: "case" });
    const upper = await register({ qr_code: "CASE" });
    expect(upper.body.customer_id).not.toBe(lower.body.customer_id);
  });
});

describe("registrations at once", () => {
  it("of one person make one customer", async () => {
    const same = { phone: "+60111000020", qr_code: "QR-20", name: "Same" };
    const answers = await Promise.all(Array.from({ length: 10 }, () => register(same)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it("of many persons give each a number of its own", async () => {
    const people = Array.from({ length: 20 }, (_, i) => ({ phone: `+6011200${1000 + i}` }));
    const answers = await Promise.all(people.map(register));
    expect(new Set(answers.map(({ body }) => body.customer_id)).size).toBe(20);
  });
});

describe("a phone", () => {
  it.each([
    ["+60 111-000 030", "+60111000030"],
    ["+60(111)000031", "+60111000031"],
    ["+1234567", "+1234567"],
    ["+123456789012345", "+123456789012345"],
  ])("is kept without blanks, dashes and brackets: %s", async (written, normal) => {
    await register({ phone: written });
    const found = await kirimel(`/customers/lookup?phone=${encodeURIComponent(normal)}`);
    expect(found.body).toMatchObject({ data: { phone: normal } });
  });

  it.each([
    "+123456",
    "+1234567890123456",
    "0111000032",
    "60111000032",
    "+60111x00032",
    "+",
    "+٦٠١٢٣٤٥٦٧٨٩",
    "tel:+60111000032",
  ])("must be a plus and 7 to 15 digits: %s", async (phone) => {
    expectInvalid(await register({ phone }), "phone");
    expectInvalid(await register({ phone, qr_code: "QR-32" }), "phone");
  });
});

describe("a registered value", () => {
  const phone = "+60111000040";

  it.each([
    ["qr_code", "Q".repeat(255)],
    ["name", "N".repeat(255)],
    ["email", `${"e".repeat(64)}@${"d".repeat(185)}.com`],
    ["tags", Array(50).fill("t")],
    ["tags", []],
  ])("of %s may be as long as the limit", async (field, value) => {
    expect((await register({ phone, [field]: value })).status).toBe(200);
  });

  it.each([
    ["qr_code", "Q".repeat(256)],
    ["name", "N".repeat(256)],
    ["email", `${"e".repeat(64)}@${"d".repeat(186)}.com`],
    ["tags", Array(51).fill("t")],
    ["birth_date", "2001-02-29"],
    ["birth_date", "2001-13-01"],
    ["birth_date", "01/02/2001"],
    ["birth_date", "2001-2-1"],
    ["birth_date", "2001-02-01T00:00:00Z"],
    ["email", "nobody"],
    ["email", "nobody@example"],
    ["email", "a b@example.com"],
    ["email", "a@b@example.com"],
    ["email", "@example.com"],
  ])("of %s must be valid: %j", async (field, value) => {
    const before = await dumpEverything();
    expectInvalid(await register({ phone: "+60111000041", [field]: value }), field);
    expect(await dumpEverything()).toBe(before);
  });
});
