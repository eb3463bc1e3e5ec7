import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything, dumpWallets } from "../../support/http-storage.ts";
import {
  balanceOf,
  customerWith,
  expectInvalid,
  expectRefusal,
  kirimel,
  myRestaurant,
  post,
} from "../../support/kirimel/requests.ts";
import { formTill } from "../../support/kirimel/signing.ts";
import { establish, importLines } from "../../support/native/merchant.ts";

stopClock("2060-06-01T08:00:00Z");

beforeAll(() => establish(myRestaurant()));

let numbers = 1000;

/** A fresh customer with 100 points. */
async function newCustomer(): Promise<number> {
  numbers += 1;
  await importLines("myrestaurant", [customerWith(numbers, "100")]);
  return numbers;
}

describe("a scalar", () => {
  it.each([
    ["a number", 7, 25.5],
    ["a text", "7", "25.5"],
    ["a text with zeros", "007", "25.50"],
  ])("means the same as %s", async (_, points, amount) => {
    const customer = await newCustomer();
    const rest = { reference_id: "R-1", description: "Lunch" };
    const plain = { customer_id: `CUST_${customer}`, points: 7, amount: 25.5, ...rest };
    const first = await post("/points/earn", plain);
    expect(first.body).toMatchObject({ points_awarded: 7 });
    const other = { customer_id: customer, points, amount, ...rest };
    expect((await post("/points/earn", other)).text).toBe(first.text);
    const form = await post("/points/earn", other, { style: formTill });
    expect(form.text).toBe(first.text);
  });

  it("may be a number where a text is expected", async () => {
    const registered = await post("/customers/register", { qr_code: 12345, name: 42 });
    expect(registered.status).toBe(200);
    const found = await kirimel("/customers/lookup?identifier=12345");
    expect(found.body).toMatchObject({ data: { name: "42" } });
  });

  it("keeps every digit of a number that no float can hold", async () => {
    const registered = await post(
      "/customers/register",
      {},
      { raw: '{"qr_code":90071992547409931}' },
    );
    expect(registered.status).toBe(200);
    expect((await kirimel("/customers/lookup?identifier=90071992547409931")).status).toBe(200);
    expect((await kirimel("/customers/lookup?identifier=90071992547409930")).status).toBe(404);
  });

  it.each([null, ""])("is absent when it is %j", async (nothing) => {
    const customer = await newCustomer();
    const fields = { customer_id: customer, points: 7, amount: nothing, reference_id: nothing };
    expect((await post("/points/earn", fields)).body).toMatchObject({ new_balance: 107 });
    expect((await post("/points/earn", fields)).body).toMatchObject({ new_balance: 114 });
    expectInvalid(await post("/points/earn", { ...fields, points: nothing }), "points");
  });
});

describe("the content type", () => {
  const types = [
    null,
    "application/json",
    "application/json; charset=utf-8",
    "application/x-www-form-urlencoded",
    "text/plain",
    "application/octet-stream",
    "multipart/form-data; boundary=x",
    "nonsense",
  ];

  it.each(types)("%j does not change how a JSON body is read", async (type) => {
    const customer = await newCustomer();
    const raw = ` \r\n\t{"customer_id":${customer},"points":"7"}`;
    const answer = await kirimel("/points/earn", { raw, headers: { "Content-Type": type } });
    expect(answer.body).toMatchObject({ points_awarded: 7, new_balance: 107 });
  });

  it.each(types)("%j does not change how a form is read", async (type) => {
    const customer = await newCustomer();
    const raw = `customer_id=CUST_${customer}&points=7`;
    const answer = await kirimel("/points/earn", { raw, headers: { "Content-Type": type } });
    expect(answer.body).toMatchObject({ points_awarded: 7, new_balance: 107 });
  });
});

describe("a body", () => {
  it.each(["[]", "{}", "", "[ ]"])("without fields may be %j", async (raw) => {
    expectInvalid(await kirimel("/points/earn", { raw }), "customer_id");
  });

  it.each(['["customer_id"]', "[{}]", "[[]]", "[null]"])("must not be the list %s", async (raw) => {
    const details = { reason: expect.any(String) };
    expectRefusal(await kirimel("/points/earn", { raw }), 400, "INVALID_PARAMETERS", details);
  });

  it("may hold fields that nobody knows", async () => {
    const customer = await newCustomer();
    const fields = { customer_id: customer, points: 7, colour: "red", items: [{ sku: 1 }] };
    expect((await post("/points/earn", fields)).body).toMatchObject({ new_balance: 107 });
  });

  it("keeps the reference type and otherwise ignores it", async () => {
    const customer = await newCustomer();
    const fields = { customer_id: customer, points: 7, reference_id: "TYPED" };
    const typed = { ...fields, reference_type: "TRANSACTION" };
    const first = await post("/points/earn", typed);
    expect(await dumpWallets()).toContain('{\\"reference_type\\":\\"TRANSACTION\\"}');
    expect((await post("/points/earn", fields)).text).toBe(first.text);
  });
});

describe("another name of a field", () => {
  it.each(["earn", "redeem"])("is reference for the reference of %s", async (operation) => {
    const fields = { customer_id: await newCustomer(), points: 7 };
    const first = await post(`/points/${operation}`, { ...fields, reference: "OTHER" });
    const again = await post(`/points/${operation}`, { ...fields, reference_id: "OTHER" });
    expect(again.text).toBe(first.text);
    const both = { ...fields, reference_id: "OTHER", reference: "IGNORED" };
    expect((await post(`/points/${operation}`, both)).text).toBe(first.text);
  });

  it("is points_to_redeem for the points of a redemption", async () => {
    const customer = await newCustomer();
    const fields = { customer_id: customer, points_to_redeem: 40 };
    expect((await post("/points/redeem", fields)).body).toMatchObject({ points_redeemed: 40 });
    const both = { ...fields, points: 10 };
    expect((await post("/points/redeem", both)).body).toMatchObject({ new_balance: 50 });
  });

  it("is notes for the description", async () => {
    const fields = { customer_id: await newCustomer(), points: 7 };
    await post("/points/earn", { ...fields, notes: "only noted" });
    await post("/points/redeem", { ...fields, description: "described", notes: "not kept" });
    const kept = await dumpWallets();
    expect(kept).toContain("only noted");
    expect(kept).toContain("described");
    expect(kept).not.toContain("not kept");
  });

  it("is birthDate and qrCode for what a customer registers with", async () => {
    await post("/customers/register", { qrCode: "QR-ALIAS", birthDate: "2000-02-29" });
    const both = { qr_code: "QR-NAMED", qrCode: "QR-OTHER" };
    const dates = { birth_date: "1999-12-31", birthDate: "1998-12-31" };
    await post("/customers/register", { ...both, ...dates });
    expect(await birthDateOf("QR-ALIAS")).toBe("2000-02-29");
    expect(await birthDateOf("QR-NAMED")).toBe("1999-12-31");
    expect(await birthDateOf("QR-OTHER")).toBeNull();
  });

  it("is qr_code or customer_id for the identifier of a lookup", async () => {
    const named = await kirimel("/customers/lookup?identifier=QR-123456");
    expect(named.status).toBe(200);
    for (const query of ["qr_code=QR-123456", "qrCode=QR-123456", "customer_id=CUST_123456"]) {
      expect((await kirimel(`/customers/lookup?${query}`)).body).toMatchObject({
        data: { id: 123456 },
      });
    }
  });

  it("gives way to the identifier's own name", async () => {
    const customer = await newCustomer();
    const query = `identifier=QR-123456&qr_code=QR-NOBODY&customer_id=${customer}`;
    const found = await kirimel(`/customers/lookup?${query}`);
    expect(found.body).toMatchObject({ data: { id: 123456 } });
  });

  it("gives way to the identifier's own name also where that finds nobody", async () => {
    const missed = await kirimel("/customers/lookup?identifier=NOBODY&qr_code=QR-123456");
    expectRefusal(missed, 404, "CUSTOMER_NOT_FOUND");
  });
});

async function birthDateOf(qr: string): Promise<string | null> {
  const query = `SELECT birth_date FROM customers JOIN identifiers ON customer_id = customers.id
    WHERE kind = 'qr' AND value = ?`;
  return env.DB.prepare(query).bind(qr).first<string>("birth_date");
}

describe("the query", () => {
  it("says what a POST lookup leaves out", async () => {
    const answer = await post("/customers/lookup?phone=%2B60123456789", { colour: "red" });
    expect(answer.body).toMatchObject({ data: { id: 123456 } });
    const balance = await post("/wallet/balance?customer_id=123456", {});
    expect(balance.body).toMatchObject({ customer_id: "CUST_123456" });
  });

  it("gives way to the body", async () => {
    const customer = await newCustomer();
    const answer = await post(`/wallet/balance?customer_id=${customer}`, { customer_id: 123456 });
    expect(answer.body).toMatchObject({ customer_id: "CUST_123456" });
  });

  it.each([
    ["/customers/register?phone=%2B60155555555", "phone"],
    ["/points/earn?customer_id=123456&points=5", "customer_id"],
    ["/points/redeem?customer_id=123456&points=5", "customer_id"],
  ])("is not signed, so the write %s does not read it", async (path, field) => {
    const before = await dumpEverything();
    expectInvalid(await post(path, {}), field);
    expect(await dumpEverything()).toBe(before);
  });

  it("cannot add a field to a write", async () => {
    const customer = await newCustomer();
    const fields = { customer_id: customer, amount: "3.00" };
    await post("/points/earn?points=1000&reference_id=QUERY", fields);
    expect(await balanceOf(customer)).toBe(103);
  });
});

describe("a plus that was not encoded", () => {
  it("is read where a phone begins with a blank (case 9)", async () => {
    const encoded = await kirimel("/customers/lookup?phone=%2B60123456789");
    const plain = await kirimel("/customers/lookup?phone=+60123456789");
    expect(plain.status).toBe(200);
    expect(plain.body).toMatchObject({ data: { id: 123456, phone: "+60123456789" } });
    expect(encoded.body).toMatchObject({ data: { id: 123456, phone: "+60123456789" } });
  });

  it("is read in a form", async () => {
    const raw = "phone=+60123456789";
    const answer = await kirimel("/customers/lookup", { raw });
    expect(answer.body).toMatchObject({ data: { id: 123456 } });
    const registered = await kirimel("/customers/register", { raw });
    expect(registered.body).toMatchObject({ customer_id: "CUST_123456" });
  });

  it.each(["60123456789", "++60123456789", "-60123456789"])(
    "is not made up for %s",
    async (phone) => {
      expectInvalid(await kirimel(`/customers/lookup?phone=${phone}`), "phone");
    },
  );
});
