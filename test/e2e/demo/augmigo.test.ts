import { beforeAll, describe, expect, inject, it } from "vitest";
import { type CurlCommand, curl } from "../curl.ts";

const JSON_TYPE = "Content-Type: application/json";
const CUSTOMER = "1234567890123456";
const SAMPLE_CUSTOMER =
  '{"name":"Customer Test 1","gender": "m","birth_date":"06/10/1961",' +
  '"email":"custtest1@email.com","mobile_phone":"+60123451234",' +
  '"password": "e10adc3949ba59abbe56e057f20f883e"}';
const SAMPLE_PURCHASE =
  '{"sales_amount":100.00,"invoice_id": "XXXXXXXX","tax_amount": 6.0,"invoice_details":' +
  '{"purchased_items": [{"SKU" : "SKU_1","count" : 1,"subtotal_sales_amt" : 100.00,' +
  '"subtotal_tax_amt" : 6.0}],"pax_count":1}}';

const url = inject("demoUrl");
let token: string;

beforeAll(async () => {
  const signedIn = await send("/auth", {
    method: "POST",
    headers: [
      "X-ACCT-ID: acct_demo",
      "X-API-KEY:ak_demo_key",
      `Authorization: Basic ${btoa("cashier1@cafe.example:s3cret")}`,
    ],
  });
  token = JSON.parse(signedIn.text)["x-auth-token"];
});

/** One of the documentation's own commands: it writes the path with a double slash. */
function send(path: string, command: CurlCommand) {
  return curl(`${url}//api/v1${path}`, command);
}

const auth = () => `x-auth-token:${token}`;
const OUTLET = "x-outlet-key:outlet_main";
const ACCOUNT = "x-acct-id:acct_demo";

describe("the documentation's own commands, against the demo data", () => {
  it("sign in without an outlet key", async () => {
    const headers = [
      "X-ACCT-ID: acct_demo",
      "X-API-KEY:ak_demo_key",
      `Authorization: Basic ${btoa("cashier1@cafe.example:s3cret")}`,
    ];
    const { status, text } = await send("/auth", { method: "POST", headers });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ name: "Cashier One", outlet_name: "Main Outlet" });
  });

  it("register, read, change and delete a customer", async () => {
    const headers = [JSON_TYPE, auth(), OUTLET];
    const made = await send("/customers/register", {
      method: "POST",
      headers,
      data: SAMPLE_CUSTOMER,
    });
    expect(made.status).toBe(200);
    const { reference_code: code } = JSON.parse(made.text);
    const path = `/customers/reference-code/${code}`;
    const read = () => send(path, { method: "GET", headers: [JSON_TYPE, ACCOUNT, auth()] });
    expect(await read()).toMatchObject({ status: 200, text: made.text });
    const change = { method: "PUT", headers: [JSON_TYPE, auth()], data: SAMPLE_CUSTOMER };
    expect(await send(path, change)).toMatchObject({ status: 200, text: "" });
    expect(await read()).toMatchObject({ status: 200, text: made.text });
    const deletion = { method: "DELETE", headers: [JSON_TYPE, auth()] };
    expect(await send(path, deletion)).toMatchObject({ status: 204, text: "" });
    expect(await read()).toMatchObject({ status: 400 });
  });

  it("give a reward and read what the customer has", async () => {
    const read = async () => {
      const path = `/reward/reference-code/${CUSTOMER}`;
      const { status, text } = await send(path, { method: "GET", headers: [auth()] });
      expect(status).toBe(200);
      return JSON.parse(text).entitled_reward_summary;
    };
    expect(await read()).toMatchObject({ point: 4254, prepaid: 668.8, stamp: 23 });
    const given = await send(`/reward/reference-code/${CUSTOMER}/give`, {
      method: "POST",
      headers: [JSON_TYPE, auth(), OUTLET],
      data: SAMPLE_PURCHASE,
    });
    expect(given.status).toBe(200);
    expect(given.text).toContain('"point":{"amount":188.0,');
    const after = await read();
    expect(after).toMatchObject({ point: 4442, prepaid: 668.8, stamp: 24 });
    expect(after.vouchers).toHaveLength(4);
  });

  it("read and redeem vouchers", async () => {
    const read = await send("/vouchers/vQbduaCKGxDe", { method: "GET", headers: [auth()] });
    expect(JSON.parse(read.text)).toMatchObject({ voucher_details: { is_redeemed: false } });
    const redeemed = await send(`/vouchers/${CUSTOMER}`, {
      method: "GET",
      headers: [auth(), OUTLET],
      // The shell takes the single quotes away, and leaves the stray double one.
      data:
        '{"redeem_code":[vQbduaCKGxDe,AWo1T6MxkyGa],"invoice_id": "XXXXXXXX",' +
        '"remarks": "xxxxxxx"}"',
    });
    expect(redeemed.status).toBe(200);
    expect(JSON.parse(redeemed.text)).toEqual({ transaction_id: expect.any(String) });
  });

  it("assign a membership and read it", async () => {
    const path = `/customer-membership/customer/reference-code/${CUSTOMER}`;
    const assigned = await send(`${path}/assign-membership`, {
      method: "POST",
      headers: [JSON_TYPE, auth(), OUTLET],
      data: '{"membership_key":"mp-gold"}',
    });
    expect(assigned).toMatchObject({ status: 200, text: "" });
    const read = await send(path, { method: "GET", headers: [JSON_TYPE, ACCOUNT, auth()] });
    expect(JSON.parse(read.text)).toEqual([expect.objectContaining({ label: "Gold Card" })]);
  });
});
