import { expect } from "vitest";
import type { Answer } from "../http.ts";
import { clientAddress, ORIGIN, send, sendWith } from "../http.ts";
import type { Setup } from "../native/merchant.ts";
import { nextYearEnd } from "../native/merchant.ts";
import type { ClientStyle, KirimelKey } from "./signing.ts";
import { sign, till } from "./signing.ts";

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

/** All that a group's key may do. */
export const GROUP_SCOPES = [
  "read:customers",
  "write:customers",
  "write:transactions",
  "read:vouchers",
  "write:vouchers",
  "write:adjustments",
  "write:sites",
];

/** A KiriMel key in the words of the native API. */
export function kirimelKey(key: KirimelKey, rest: object = {}): object {
  return { name: "Key", dialect: "kirimel", mode: "live", scopes: GROUP_SCOPES, ...key, ...rest };
}

const SILVER_BENEFITS = ["5% discount on birthdays", "Priority seating"];

/** The programme of the demo data: a point per currency unit, good for a year, three tiers. */
export const PROGRAM = {
  name: "My Restaurant Rewards",
  earning: { rate: "1", rounding: "floor" },
  redemption: { rate: "100" },
  expiry: { days: 365 },
  tiers: [
    { name: "BRONZE", from: "0", multiplier: "1", benefits: [] },
    { name: "SILVER", from: "1000", multiplier: "1", benefits: SILVER_BENEFITS },
    { name: "GOLD", from: "5000", multiplier: "1", benefits: [] },
  ],
};

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

/** How a call is made, where it is not as {@link till} makes it with the unlimited key. */
export interface KirimelCall {
  readonly method?: string;
  readonly key?: KirimelKey;
  readonly style?: ClientStyle;
  /** Text of the header, instead of the present moment. */
  readonly timestamp?: string;
  /** The body, either as fields that the style encodes or as it stands. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly raw?: string | Uint8Array;
  /** Headers that replace the style's own; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly bindings?: Partial<Env>;
}

let moments = 0;

/** A signed request. No two have the same timestamp, so none is taken for another's repeat. */
export function signedRequest(path: string, call: KirimelCall = {}): Request {
  const { key = UNLIMITED_KEY, style = till, fields, raw } = call;
  moments += 1;
  const timestamp = call.timestamp ?? style.timestamp(Date.now() - moments);
  const body = raw ?? (fields === undefined ? "" : style.encode(fields));
  const method = call.method ?? (fields === undefined && raw === undefined ? "GET" : "POST");
  const headers: Record<string, string | null> = {
    "CF-Connecting-IP": clientAddress(),
    ...(fields === undefined ? {} : { "Content-Type": style.contentType }),
    [style.keyHeader]: key.text,
    "X-Timestamp": timestamp,
    "X-Signature": sign(style.variant, key.secret, timestamp, body),
    ...call.headers,
  };
  const sent = Object.entries(headers).filter(([, value]) => value !== null);
  return new Request(`${ORIGIN}/api/loyalty${path}`, {
    method,
    headers: sent as [string, string][],
    ...(method === "GET" || method === "HEAD" ? {} : { body }),
  });
}

/** Makes a signed call. */
export async function kirimel(path: string, call: KirimelCall = {}): Promise<Answer> {
  const request = signedRequest(path, call);
  return call.bindings === undefined ? send(request) : sendWith(call.bindings, request);
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

/** Expects a refusal in KiriMel's documented form, to the letter but for message and reason. */
export function expectRefusal(
  answer: Answer,
  status: number,
  code: string,
  details: unknown = {},
): void {
  expect({ status: answer.status, body: answer.body }).toEqual({
    status,
    body: errorBody(code, details),
  });
  expect(answer.headers.get("Content-Type")).toBe("application/json; charset=utf-8");
}

/** Expects that a parameter was refused. */
export function expectInvalid(answer: Answer, field: string): void {
  expectRefusal(answer, 400, "INVALID_PARAMETERS", { field, reason: expect.any(String) });
}
