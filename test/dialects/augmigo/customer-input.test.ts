import { beforeAll, describe, expect, it } from "vitest";
import { type Cafe, openCafe } from "../../support/augmigo/cafe.ts";
import { addCustomer, byCode, readBack, said, someone } from "../../support/augmigo/customers.ts";
import { sendWith } from "../../support/http.ts";
import type { Json } from "../../support/kirimel/till.ts";

let cafe: Cafe;
let customer: Json;

beforeAll(async () => {
  cafe = await openCafe();
  customer = await addCustomer(cafe);
});

const BAD_DATE = "Date of Birth is not a valid date value";
const NO_CONTACT = "Email or mobile phone must be provided";

/** A field, a value that is wrong for it, and what is said. */
const WRONG = [
  ["name", "x".repeat(301), "Name length must not more than 300 characters"],
  ["name", ["A"], "Name is not valid"],
  ["email", "nobody", "Email is not valid"],
  ["email", `${"a".repeat(250)}@b.co`, "Email is not valid"],
  ["mobile_phone", "0123451234", "Mobile phone is not valid"],
  ["mobile_phone", "+6012345123456789", "Mobile phone is not valid"],
  ["mobile_phone", { country: 60 }, "Mobile phone is not valid"],
  ["birth_date", "31/02/1990", BAD_DATE],
  ["birth_date", "1990-13-01", BAD_DATE],
  ["birth_date", "28.02.1990", BAD_DATE],
  ["birth_date", "1/2/1990", BAD_DATE],
  ["birth_date", 1990, BAD_DATE],
  ["gender", "male", "Gender is not valid"],
  [
    "merchant_reference_code",
    "x".repeat(17),
    "Merchant reference code length must not more than 16 characters",
  ],
] as const;

describe("a registration", () => {
  it.each([
    ["an empty body", ""],
    ["blanks", "  \n"],
    ["an empty object", "{}"],
    ["nothing but empty fields", '{"name":"","email":null}'],
    ["half an object", '{"name":'],
    ["a list", '[{"name":"A"}]'],
    ["a text in JSON's type", "A"],
  ])("case 13: misses the customer's data in %s", async (_what, body) => {
    const headers = { "Content-Type": "application/json" };
    const reply = await cafe.call("POST", "/customers/register", { body, headers });
    expect(said(reply)).toEqual([500, "Missing customer data"]);
  });

  it("misses them in a body that is not UTF-8, too", async () => {
    const headers = { "x-auth-token": cafe.token, "Content-Type": "application/json" };
    const body = new Uint8Array([0x7b, 0xff, 0x7d]);
    const url = "http://cafe.example/api/v1/customers/register";
    const { status, body: answer } = await sendWith(
      {},
      new Request(url, { method: "POST", headers, body }),
    );
    expect([status, answer]).toEqual([500, { msg: ["Missing customer data"] }]);
  });

  it("case 12: wants an e-mail or a phone", async () => {
    const body = someone({ email: undefined, mobile_phone: "" });
    const reply = await cafe.post("/customers/register", body);
    expect(said(reply)).toEqual([500, NO_CONTACT]);
  });

  it.each([
    ["name", "Name is required"],
    ["password", "Password is required"],
  ])("wants a %s", async (field, text) => {
    for (const empty of [undefined, null, ""]) {
      const reply = await cafe.post("/customers/register", someone({ [field]: empty }));
      expect(said(reply)).toEqual([500, text]);
    }
  });

  it("does not take blanks for a name", async () => {
    const reply = await cafe.post("/customers/register", someone({ name: " \t " }));
    expect(said(reply)).toEqual([500, "Name is required"]);
  });

  it("tells all faults at once, in the documented order", async () => {
    const body = { gender: "x", birth_date: "never" };
    const reply = await cafe.post("/customers/register", body);
    expect(said(reply)).toEqual([
      500,
      "Name is required",
      NO_CONTACT,
      "Password is required",
      BAD_DATE,
      "Gender is not valid",
    ]);
  });

  it.each(WRONG)("refuses the %s %j", async (field, value, text) => {
    const reply = await cafe.post("/customers/register", someone({ [field]: value }));
    expect(said(reply)).toEqual([500, text]);
  });

  it("looks at the fields before it looks who has them", async () => {
    const taken = someone({ email: customer.email, gender: "x" });
    const reply = await cafe.post("/customers/register", taken);
    expect(said(reply)).toEqual([500, "Gender is not valid"]);
  });

  it.each([
    ["a name of 300 letters", { name: "é".repeat(300) }],
    ["a code of 16 characters", { merchant_reference_code: "0123456789abcdef" }],
    ["a capital gender", { gender: "F" }],
    ["a phone with blanks, dashes and brackets", { mobile_phone: "+60 (17) 700-1001" }],
    ["a name that looks like SQL and one like HTML", { name: `'; DROP TABLE x; --<b>"\\` }],
    ["fields that nobody knows", { status: "erased", constructor: "x" }],
  ])("takes %s", async (_what, given) => {
    const made = await addCustomer(cafe, given);
    expect(await readBack(cafe, made)).toEqual(made);
  });

  it("takes a number of JSON for a text, digit by digit", async () => {
    const text = JSON.stringify(someone({ merchant_reference_code: "CODE" }));
    const body = text.replace('"CODE"', "9007199254740993");
    const headers = { "Content-Type": "application/json" };
    const reply = await cafe.call("POST", "/customers/register", { body, headers });
    expect(reply.body.merchant_reference_code).toBe("9007199254740993");
  });

  it("refuses text that is no Unicode", async () => {
    const body = JSON.stringify(someone()).replace("Customer Test 1", "\\ud800");
    const headers = { "Content-Type": "application/json" };
    const reply = await cafe.call("POST", "/customers/register", { body, headers });
    expect(reply.status).toBe(500);
    expect(reply.msg).toHaveLength(1);
  });
});

describe("an update", () => {
  it.each(WRONG)("refuses the %s %j and changes nothing", async (field, value, text) => {
    const before = await readBack(cafe, customer);
    const body = { merchant_reference_code: "NEW", [field]: value };
    const reply = await cafe.call("PUT", byCode(customer), { body });
    expect(said(reply)).toEqual([500, text]);
    expect(await readBack(cafe, customer)).toEqual(before);
  });

  it.each(["", "{}", "[]", "{"])("misses the customer's data in %j", async (body) => {
    const headers = { "Content-Type": "application/json" };
    const reply = await cafe.call("PUT", byCode(customer), { body, headers });
    expect(said(reply)).toEqual([500, "Missing customer data"]);
  });

  it.each([null, "", "  "])("does not clear the name with %j", async (name) => {
    const reply = await cafe.call("PUT", byCode(customer), { body: { name } });
    expect(said(reply)).toEqual([500, "Name is required"]);
  });
});

describe("a deployment that answers 400 for what the documentation answers with 500", () => {
  it("does so for registrations and updates", async () => {
    const headers = { "x-auth-token": cafe.token, "Content-Type": "application/json" };
    const bindings = { GUERDON_AUGMIGO_VALIDATION_STATUS: "400" } as Partial<Env>;
    const calls = [
      ["POST", "/customers/register"],
      ["PUT", byCode(customer)],
    ] as const;
    for (const [method, path] of calls) {
      const url = `http://cafe.example/api/v1${path}`;
      const { status } = await sendWith(
        bindings,
        new Request(url, { method, headers, body: "{}" }),
      );
      expect(status).toBe(400);
    }
  });
});
