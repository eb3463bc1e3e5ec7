import { expect } from "vitest";
import type { Answer } from "../http.ts";
import type { Setup } from "../native/merchant.ts";
import { nextYearEnd } from "../native/merchant.ts";
import type { KirimelKey } from "./signing.ts";
import type { KirimelCall } from "./till.ts";
import { GROUP_SCOPES, PROGRAM, Till } from "./till.ts";

/** The group key of the contract's test vectors. */
export const GROUP_KEY: KirimelKey = {
  text: "kiri_live_demo",
  secret: "ks_test_5f2c9a7d41e84b0e",
};

/** The key that no rate limit holds; what most tests sign with. */
export const UNLIMITED_KEY: KirimelKey = {
  text: "kiri_unlimited_demo",
  secret: "ks_unlimited_demo_secret",
};

/** A KiriMel key in the words of the native API. */
export function kirimelKey(key: KirimelKey, rest: object = {}): object {
  return { name: "Key", dialect: "kirimel", mode: "live", scopes: GROUP_SCOPES, ...key, ...rest };
}

/** The merchant of the contract's cases: customer 123456 has 100 points. */
export function myRestaurant(): Setup {
  return {
    merchant: {
      slug: "myrestaurant",
      name: "My Restaurant Sdn Bhd",
      currency: "MYR",
      time_zone: "Asia/Kuala_Lumpur",
      business_type: "RESTAURANT",
      site_limit: 3,
      demo: true,
    },
    sites: [{ code: "MAIN01", name: "Main Restaurant", kind: "RESTAURANT" }],
    program: PROGRAM,
    keys: [kirimelKey(GROUP_KEY), kirimelKey(UNLIMITED_KEY, { unlimited: true })],
    customers: [johnDoe()],
  };
}

/** Customer 123456 as the demo data has him. */
export function johnDoe(): object {
  return {
    number: 123456,
    name: "John Doe",
    identifiers: [
      { kind: "phone", value: "+60123456789" },
      { kind: "email", value: "john@example.com" },
      { kind: "qr", value: "QR-123456" },
    ],
    balances: [pointsOf("100")],
  };
}

/** An opening balance of points that expire next year. */
export function pointsOf(amount: string, lifetime = amount): object {
  return { unit: "point", lifetime, lots: [{ amount, expires_on: nextYearEnd() }] };
}

/** A customer with a number and points, and nothing else. */
export function customerWith(number: number, points: string, lifetime = points): object {
  return { number, balances: points === "0" ? [] : [pointsOf(points, lifetime)] };
}

/** The till of the contract's merchant, with the unlimited key. */
const till = new Till("myrestaurant", UNLIMITED_KEY.text, UNLIMITED_KEY.secret);

/** A signed request of the contract's merchant. */
export function signedRequest(path: string, call: KirimelCall = {}): Request {
  return till.request(path, call);
}

/** Makes a signed call of the contract's merchant. */
export async function kirimel(path: string, call: KirimelCall = {}): Promise<Answer> {
  return till.call(path, call);
}

/** Makes a signed POST with these fields. */
export function post(
  path: string,
  fields: Readonly<Record<string, unknown>>,
  call: KirimelCall = {},
): Promise<Answer> {
  return kirimel(path, { fields, ...call });
}

/** The balance of a customer of the key's group, by its number. */
export async function balanceOf(customer: number, key = UNLIMITED_KEY): Promise<number> {
  const answer = await kirimel(`/wallet/balance?customer_id=${customer}`, { key });
  const { balance } = answer.body;
  if (typeof balance !== "number") throw new Error(`no balance: ${answer.text}`);
  return balance;
}

/** KiriMel's documented error body; any message will do where none is given. */
export function errorBody(code: string, details: unknown = {}, message?: string): object {
  return {
    success: false,
    error: { code, message: message ?? expect.any(String), details },
  };
}

/**
 * Expects a refusal in KiriMel's documented form, to the letter but for message and reason. The SDK
 * that names its key in a header of its own gets the message at top level too.
 */
export function expectRefusal(
  answer: Answer,
  status: number,
  code: string,
  details: unknown = {},
): void {
  const { message, ...body } = answer.body;
  expect({ status: answer.status, body }).toEqual({ status, body: errorBody(code, details) });
  if (message !== undefined) expect(answer.body.error).toMatchObject({ message });
  expect(answer.headers.get("Content-Type")).toBe("application/json; charset=utf-8");
}

/** Expects that a parameter was refused. */
export function expectInvalid(answer: Answer, field: string): void {
  expectRefusal(answer, 400, "INVALID_PARAMETERS", { field, reason: expect.any(String) });
}
