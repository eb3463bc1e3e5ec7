import { beforeAll, describe, expect, it, vi } from "vitest";
import { verifyPassword } from "../../../src/services/access/passwords.ts";
import { type Cafe, openCafe } from "../../support/augmigo/cafe.ts";
import {
  addCustomer,
  byCode,
  feedOf,
  readBack,
  SAMPLE,
  SECRET,
  said,
  someone,
} from "../../support/augmigo/customers.ts";
import { d1Rows } from "../../support/d1.ts";
import { stopClock } from "../../support/http-clock.ts";

// Every registration hashes a password.
vi.setConfig({ testTimeout: 30_000 });

let cafe: Cafe;

const clock = stopClock("2025-04-09T04:09:22.987Z");

beforeAll(async () => {
  cafe = await openCafe();
});

const UNKNOWN = "/customers/reference-code/9999999999999999";

interface Stored {
  readonly password: string | null;
  readonly site_id: string | null;
}

async function stored(key: unknown): Promise<Stored> {
  const [row] = await d1Rows<Stored>("SELECT * FROM customers WHERE id = ?", key);
  if (row === undefined) throw new Error("no such customer is stored");
  return row;
}

describe("registering a customer", () => {
  it("case 8: answers the sample's body, with a code of 16 digits", async () => {
    const shop = await openCafe();
    const { status, text, body, headers } = await shop.post("/customers/register", SAMPLE);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(text).toBe(
      JSON.stringify({
        birth_date: "06-10-1961",
        customer_key: body.customer_key,
        email: "custtest1@email.com",
        mobile_phone: "+60123451234",
        gender: "m",
        is_email_verified: false,
        is_mobile_phone_verified: false,
        merchant_reference_code: null,
        name: "Customer Test 1",
        reference_code: body.reference_code,
        registered_datetime: "09-04-2025 12:09:22",
      }),
    );
    expect(body.reference_code).toMatch(/^\d{16}$/);
    expect(body.customer_key).toMatch(/^cus_[0-9A-Z]{26}$/);
    const again = await shop.post("/customers/register", SAMPLE);
    expect([...said(again), again.text]).toEqual([
      500,
      "Email have been taken",
      '{"msg":["Email have been taken"]}',
    ]);
    const newEmail = await shop.post("/customers/register", { ...SAMPLE, email: "b@email.com" });
    expect(said(newEmail)).toEqual([500, "Mobile phone have been taken"]);
  });

  it("case 9: takes a form as well", async () => {
    const fields = someone();
    const form = new URLSearchParams(fields).toString();
    const { status, body } = await cafe.post("/customers/register", form);
    expect(status).toBe(200);
    const { email, mobile_phone, birth_date } = body;
    expect([email, mobile_phone, birth_date]).toEqual([
      fields.email,
      fields.mobile_phone,
      "06-10-1961",
    ]);
  });

  it("takes the + of a form that was not encoded", async () => {
    const form = `name=A&password=x&mobile_phone=+60177000001`;
    const { status, body } = await cafe.post("/customers/register", form);
    expect([status, body.mobile_phone]).toEqual([200, "+60177000001"]);
  });

  it("takes one of e-mail and phone, and nothing else that may be missing", async () => {
    const byEmail = await cafe.post("/customers/register", {
      name: "Only Mail",
      email: "Only@Email.com",
      password: SECRET,
      birth_date: "",
      gender: null,
    });
    expect(byEmail.status).toBe(200);
    expect(byEmail.body).toMatchObject({
      birth_date: null,
      email: "only@email.com",
      mobile_phone: null,
      gender: null,
    });
    const phone = { name: "Only Phone", mobile_phone: "+6017 700 0002", password: SECRET };
    const byPhone = await cafe.post("/customers/register", phone);
    expect([byPhone.status, byPhone.body.mobile_phone]).toEqual([200, "+60177000002"]);
  });

  it.each([
    ["06-10-1961", "06-10-1961"],
    ["1961-10-06", "06-10-1961"],
    ["29/02/2000", "29-02-2000"],
  ])("takes the date %s and shows %s", async (given, shown) => {
    expect((await addCustomer(cafe, { birth_date: given })).birth_date).toBe(shown);
  });

  it("keeps the password as a slow salted hash and nowhere else", async () => {
    const { customer_key: key } = await addCustomer(cafe, { password: "0123456789abcdef" });
    const { password } = await stored(key);
    expect(password).toMatch(/^scrypt\$/);
    expect(await verifyPassword("0123456789abcdef", String(password))).toBe(true);
  });

  it("is at the outlet that the header names, or else at that of the sign-in", async () => {
    const [main] = await d1Rows<{ id: string }>(
      `SELECT s.id FROM sites AS s JOIN merchants AS m ON m.id = s.merchant_id
       WHERE m.slug = ? AND s.code = 'outlet_main'`,
      cafe.account,
    );
    const { customer_key: key } = await addCustomer(cafe);
    expect((await stored(key)).site_id).toBe(main?.id);
  });

  it("tells the feed, without anything personal", async () => {
    const shop = await openCafe();
    const { customer_key: key } = await addCustomer(shop);
    const events = await feedOf(shop);
    expect(events.map(({ type }) => type)).toEqual(["customer.created"]);
    expect(events[0]?.data).toMatchObject({ customer: key, status: "active", dialect: "augmigo" });
  });

  it("case 14: wants a token", async () => {
    const reply = await cafe.post("/customers/register", someone(), { token: null });
    expect(said(reply)).toEqual([401, "Authenticated token is required"]);
  });
});

describe("reading a customer", () => {
  it("case 17: answers the registration's body, without an outlet", async () => {
    const made = await addCustomer(cafe, { merchant_reference_code: "M-17" });
    const { status, body, text } = await cafe.get(byCode(made));
    expect(status).toBe(200);
    expect(text).toBe(JSON.stringify(made));
    expect(body.merchant_reference_code).toBe("M-17");
  });

  it("shows when somebody registered on the account's own clock", async () => {
    const made = await addCustomer(cafe);
    clock.now = Date.parse("2025-04-09T16:00:01Z");
    const late = await addCustomer(cafe);
    expect((await readBack(cafe, made)).registered_datetime).toBe("09-04-2025 12:09:22");
    expect(late.registered_datetime).toBe("10-04-2025 00:00:01");
  });

  it.each(["9999999999999999", "12", "%20", "abc"])("case 18: knows nobody by %s", async (code) => {
    const reply = await cafe.get(`/customers/reference-code/${code}`);
    const text = `Customer with reference code (${decodeURI(code)}) is not found`;
    expect(said(reply)).toEqual([400, text]);
  });
});

describe("updating a customer", () => {
  it("case 19: changes what is sent, keeps the rest, and answers nothing", async () => {
    const made = await addCustomer(cafe);
    const before = await stored(made.customer_key);
    const reply = await cafe.call("PUT", byCode(made), { body: { birth_date: "28-02-1990" } });
    expect([reply.status, reply.text]).toEqual([200, ""]);
    expect(reply.headers.get("content-length")).toBe("0");
    expect(await readBack(cafe, made)).toEqual({ ...made, birth_date: "28-02-1990" });
    expect((await stored(made.customer_key)).password).toBe(before.password);
  });

  it("changes all fields at once, also by a form", async () => {
    const made = await addCustomer(cafe);
    const wanted = {
      ...someone(),
      name: "New Name",
      gender: "f",
      birth_date: "01/02/1970",
      merchant_reference_code: "M-2",
      password: "new",
    };
    const form = new URLSearchParams(wanted).toString();
    expect((await cafe.call("PUT", byCode(made), { body: form })).status).toBe(200);
    expect(await readBack(cafe, made)).toEqual({
      ...made,
      name: "New Name",
      email: wanted.email,
      mobile_phone: wanted.mobile_phone,
      gender: "f",
      birth_date: "01-02-1970",
      merchant_reference_code: "M-2",
    });
    const { password } = await stored(made.customer_key);
    expect(await verifyPassword("new", String(password))).toBe(true);
    const again = await cafe.post("/customers/register", someone({ email: made.email }));
    expect(again.status).toBe(200);
  });

  it("clears with null and with an empty text, but not the password", async () => {
    const made = await addCustomer(cafe, { merchant_reference_code: "M-3" });
    const { password } = await stored(made.customer_key);
    const body = {
      email: null,
      birth_date: "",
      gender: null,
      merchant_reference_code: "",
      password: "",
    };
    expect((await cafe.call("PUT", byCode(made), { body })).status).toBe(200);
    const cleared = { email: null, birth_date: null, gender: null, merchant_reference_code: null };
    expect(await readBack(cafe, made)).toEqual({ ...made, ...cleared });
    expect((await stored(made.customer_key)).password).toBe(password);
  });

  it("does not take the last of e-mail and phone", async () => {
    const made = await addCustomer(cafe);
    const refused = [500, "Email or mobile phone must be provided"];
    const both = { email: "", mobile_phone: "" };
    expect(said(await cafe.call("PUT", byCode(made), { body: both }))).toEqual(refused);
    expect((await cafe.call("PUT", byCode(made), { body: { email: null } })).status).toBe(200);
    const last = { mobile_phone: null };
    expect(said(await cafe.call("PUT", byCode(made), { body: last }))).toEqual(refused);
    const other = { mobile_phone: null, email: "later@email.com" };
    expect((await cafe.call("PUT", byCode(made), { body: other })).status).toBe(200);
    expect(await readBack(cafe, made)).toMatchObject({ email: other.email, mobile_phone: null });
  });

  it("tells the feed the names of what changed, and nothing when nothing did", async () => {
    const shop = await openCafe();
    const made = await addCustomer(shop);
    const body = { name: made.name, birth_date: "28-02-1990", mobile_phone: "+60177000003" };
    await shop.call("PUT", byCode(made), { body });
    await shop.call("PUT", byCode(made), { body });
    const events = await feedOf(shop);
    expect(events.map(({ type }) => type)).toEqual(["customer.created", "customer.updated"]);
    expect(events[1]?.data.fields).toEqual(["phone", "birth_date"]);
    expect(JSON.stringify(events)).not.toMatch(/1990|60177000003/);
  });

  it("answers 400 for somebody unknown", async () => {
    const reply = await cafe.call("PUT", UNKNOWN, { body: { name: "A" } });
    expect(said(reply)).toEqual([400, "Customer is not exist"]);
  });
});

describe("deleting a customer", () => {
  it("case 20: answers nothing, and then that there is nobody", async () => {
    const made = await addCustomer(cafe);
    const reply = await cafe.call("DELETE", byCode(made));
    expect([reply.status, reply.text]).toEqual([204, ""]);
    const again = await cafe.call("DELETE", byCode(made));
    expect(said(again)).toEqual([400, "Customer is not exist"]);
    expect((await cafe.get(byCode(made))).status).toBe(400);
    const update = await cafe.call("PUT", byCode(made), { body: { name: "A" } });
    expect(said(update)).toEqual([400, "Customer is not exist"]);
  });

  it("answers 400 for somebody unknown", async () => {
    expect(said(await cafe.call("DELETE", UNKNOWN))).toEqual([400, "Customer is not exist"]);
  });

  it("frees e-mail, phone and the merchant's code for somebody else", async () => {
    const made = await addCustomer(cafe, { merchant_reference_code: "M-4" });
    await cafe.call("DELETE", byCode(made));
    const { email, mobile_phone, merchant_reference_code } = made;
    const again = await addCustomer(cafe, { email, mobile_phone, merchant_reference_code });
    expect(again.customer_key).not.toBe(made.customer_key);
    expect(again.reference_code).not.toBe(made.reference_code);
  });
});
