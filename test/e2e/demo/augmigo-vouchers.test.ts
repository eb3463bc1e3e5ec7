import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { beforeAll, describe, expect, inject, it } from "vitest";

const ACCOUNT = "acct_e2e";
const CODE = "4000000000000001";
const CODES = ["vQbduaCKGxDe", "AWo1T6MxkyGa", "UaxhedSP9ms8", "ThirdVoucher"] as const;
const FORM = "application/x-www-form-urlencoded";

const url = inject("demoUrl");
let token: string;

async function native(path: string, body: object): Promise<void> {
  const headers = { Authorization: "Bearer dev_admin_token", "Guerdon-Merchant": ACCOUNT };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await fetch(`${url}/loyalty/v1${path}`, init);
  const text = await answer.text();
  if (!answer.ok || text.includes('"failed"')) throw new Error(`${path}: ${text}`);
}

beforeAll(async () => {
  const zone = { currency: "MYR", time_zone: "Asia/Kuala_Lumpur" };
  await native("/merchants", { slug: ACCOUNT, name: "Cafe", ...zone });
  await native("/sites", { code: "outlet_main", name: "Main Outlet" });
  const scopes = ["write:customers", "write:vouchers"];
  await native("/keys", { name: "K", dialect: "augmigo", text: "ak_e2e_key", scopes });
  const person = { username: "c@cafe.example", password: "s3cret", name: "C", scopes };
  await native("/staff", { ...person, sites: ["outlet_main"] });
  const identifiers = [{ kind: "reference_code", value: CODE }];
  await native("/customers/import", { number: 1, name: "Guest", identifiers });
  const series = { name: "RM10", kind: "amount", value: "10", key: "vp-rm10" };
  await native("/voucher_series", { ...series, codes: CODES, customer: 1 });
  const basic = Buffer.from("c@cafe.example:s3cret").toString("base64");
  const account = { "X-ACCT-ID": ACCOUNT, "X-API-KEY": "ak_e2e_key" };
  const headers = { ...account, Authorization: `Basic ${basic}` };
  const signedIn = await fetch(`${url}//api/v1/merchant/auth`, { method: "POST", headers });
  ({ "x-auth-token": token } = (await signedIn.json()) as { "x-auth-token": string });
});

/** Sends a GET with a body, which fetch cannot. */
async function get(path: string, body: string, headers: Readonly<Record<string, string>>) {
  const sent = request(`${url}${path}`, {
    method: "GET",
    headers: { "x-auth-token": token, "x-outlet-key": "outlet_main", ...headers },
  });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const { statusCode: status, headers: got } = answer;
  return { status, text: await textOf(answer), cached: got["cache-control"] };
}

/** As curl sends the body of the documentation's sample, once a shell has read it. */
const sampleOf = (first: string, second: string): string =>
  `{"redeem_code":[${first},${second}],"invoice_id": "XXXXXXXX","remarks": "xxxxxxx"}"`;

describe("GET vouchers/{reference_code} with a body", () => {
  it("case 30: redeems the codes in the body, as the documentation's sample does", async () => {
    const body = sampleOf(CODES[0], CODES[1]);
    const length = { "Content-Type": FORM, "Content-Length": String(body.length) };
    const redeemed = await get(`//api/v1/vouchers/${CODE}`, body, length);
    expect(redeemed).toMatchObject({ status: 200, cached: "no-store" });
    expect(JSON.parse(redeemed.text)).toEqual({ transaction_id: expect.any(String) });
    const again = await get(`//api/v1/vouchers/${CODE}`, body, length);
    expect(again.text).toBe(redeemed.text);
    const read = await get(`/api/v1/vouchers/${CODES[0]}`, "", {});
    expect(JSON.parse(read.text)).toMatchObject({ voucher_details: { is_redeemed: true } });
  });

  it("redeems the codes of a body that comes in chunks", async () => {
    const chunked = { "Content-Type": "application/json", "Transfer-Encoding": "chunked" };
    const body = JSON.stringify({ redeem_code: [CODES[2]] });
    const redeemed = await get(`/api/v1/vouchers/${CODE}`, body, chunked);
    expect([redeemed.status, JSON.parse(redeemed.text)]).toEqual([
      200,
      { transaction_id: expect.any(String) },
    ]);
  });

  it("reads the voucher when the body names no codes, or is empty", async () => {
    for (const body of ["", "{}"]) {
      const length = { "Content-Length": String(body.length) };
      const read = await get(`/api/v1/vouchers/${CODES[3]}`, body, length);
      expect(JSON.parse(read.text)).toMatchObject({ voucher_details: { is_redeemed: false } });
      expect(read.cached).toBe("no-store");
    }
  });
});
