import { env, exports } from "cloudflare:workers";
import { ulid } from "ulid";
import { createApp } from "../../../src/app.ts";

/** Any JSON object. */
export type Json = Record<string, unknown>;

/** An answer with what tests look at. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Json;
  /** `data` of the body; empty when there is none. */
  readonly data: Json;
  /** KiriMel's error code; null when it succeeded. */
  readonly code: string | null;
  readonly details: Json;
}

/** Signed bytes: good for whatever path they are sent to. */
export interface Signed {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where requests go to: the worker itself, or the application with bindings of a test. */
export type Target = (request: Request) => Promise<Response>;

const ORIGIN = "https://kirimel.example";

export const worker: Target = (request) => exports.default.fetch(request);

/** The application with some bindings replaced; what it defers just runs. */
export function appWith(bindings: Partial<Env>): Target {
  const app = createApp();
  const given = { ...env, ...bindings };
  const ctx = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };
  return async (request) => app.fetch(request, given, ctx as unknown as ExecutionContext);
}

let signatures = 0;

/** A timestamp that no other request carries, so that no two signatures are the same. */
function freshTimestamp(): string {
  signatures += 1;
  const seconds = new Date(Date.now()).toISOString().slice(0, 19);
  return `${seconds}.${String(signatures).padStart(9, "0")}Z`;
}

async function hmac(secret: string, message: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, [
    "sign",
  ]);
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(message)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function toReply(response: Response): Promise<Reply> {
  const text = await response.text();
  const body = JSON.parse(text) as Json;
  const error = body.error as { code: string; details: Json } | undefined;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body,
    data: (body.data ?? {}) as Json,
    code: error?.code ?? null,
    details: error?.details ?? {},
  };
}

/** A till of a merchant: a KiriMel key that signs. */
export class Till {
  readonly slug: string;
  readonly key: string;
  readonly secret: string;
  readonly #target: Target;
  /** Headers that every request carries besides those of the signature. */
  readonly #headers: Readonly<Record<string, string>>;

  constructor(
    slug: string,
    key: string,
    secret: string,
    target = worker,
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.slug = slug;
    this.key = key;
    this.secret = secret;
    this.#target = target;
    this.#headers = headers;
  }

  /** The same till behind another target, or with further headers. */
  via(target: Target, headers: Readonly<Record<string, string>> = this.#headers): Till {
    return new Till(this.slug, this.key, this.secret, target, headers);
  }

  async sign(fields: Json | string = ""): Promise<Signed> {
    const body = typeof fields === "string" ? fields : JSON.stringify(fields);
    const timestamp = freshTimestamp();
    const signature = await hmac(this.secret, timestamp + body);
    const headers = {
      "X-API-Key": this.key,
      "X-Timestamp": timestamp,
      "X-Signature": signature,
      ...this.#headers,
    };
    return { body, headers };
  }

  /** Sends bytes that were signed before, as a network or a thief would. */
  async send(method: string, path: string, { body, headers }: Signed): Promise<Reply> {
    const url = `${ORIGIN}/api/loyalty${path}`;
    const init = { method, headers: { ...headers }, ...(method === "GET" ? {} : { body }) };
    return toReply(await this.#target(new Request(url, init)));
  }

  async post(path: string, fields: Json | string = {}): Promise<Reply> {
    return this.send("POST", path, await this.sign(fields));
  }

  async get(path: string, query: Readonly<Record<string, string>> = {}): Promise<Reply> {
    const search = new URLSearchParams(query).toString();
    return this.send("GET", search === "" ? path : `${path}?${search}`, await this.sign());
  }
}

async function native(path: string, body: Json, slug?: string): Promise<Json> {
  const headers = {
    Authorization: `Bearer ${env.GUERDON_ADMIN_TOKEN}`,
    ...(slug === undefined ? {} : { "Guerdon-Merchant": slug }),
  };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const response = await worker(new Request(`${ORIGIN}/loyalty/v1${path}`, init));
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return text === "" ? {} : (JSON.parse(text) as Json);
}

const SCOPES = [
  "read:customers",
  "write:customers",
  "write:transactions",
  "read:vouchers",
  "write:vouchers",
  "write:adjustments",
  "write:sites",
];

/** What an account key may do besides: it alone creates the group. */
export const ACCOUNT_SCOPES = ["write:merchants", ...SCOPES];

/** KiriMel's own example: BRONZE, SILVER from 1000, GOLD from 5000; 100 points are worth 1.00. */
const PROGRAM = {
  name: "Rewards",
  earning: { rate: "1", rounding: "floor" },
  redemption: { rate: "100" },
  expiry: { days: 365 },
  tiers: [
    { name: "BRONZE", from: "0" },
    { name: "SILVER", from: "1000", benefits: ["5% discount on birthdays", "Priority seating"] },
    { name: "GOLD", from: "5000" },
  ],
};

let merchants = 0;

/** Makes a merchant; answers its slug. */
export async function makeMerchant(given: Json = {}, program: Json | null = PROGRAM) {
  merchants += 1;
  const slug = `shop-${merchants}`;
  const defaults = { slug, name: "Shop", currency: "MYR", time_zone: "Asia/Kuala_Lumpur" };
  await native("/merchants", { ...defaults, ...given });
  if (program !== null) await native("/programs", program, slug);
  return slug;
}

/** Makes a key of a merchant, without a rate limit if nothing else is said. */
export async function makeTill(slug: string, given: Json = {}): Promise<Till> {
  const texts = { text: `kiri_${ulid()}`, secret: `ks_${ulid()}` };
  const defaults = { name: "Till", dialect: "kirimel", scopes: SCOPES, unlimited: true };
  await native("/keys", { ...defaults, ...texts, ...given }, slug);
  return new Till(slug, texts.text, texts.secret);
}

/** A merchant with one site and a till. */
export async function openShop(given: Json = {}): Promise<Till> {
  const slug = await makeMerchant(given);
  await native("/sites", { code: "MAIN01", name: "Main" }, slug);
  return makeTill(slug);
}

/** Registers a new customer, with points if any are given; answers the `customer_id`. */
export async function enrol(till: Till, points = 0): Promise<string> {
  const registered = await till.post("/customers/register", { qr_code: ulid() });
  const id = String(registered.body.customer_id);
  if (points > 0) await till.post("/points/earn", { customer_id: id, points });
  return id;
}

/** The bare number of a `CUST_…`, `BATCH_…` or `TXN_…`. */
export function numberOf(id: unknown): number {
  return Number(String(id).replace(/^[A-Z]+_/, ""));
}

/** Brings along vouchers with codes of the merchant's own. */
export async function importVouchers(till: Till, codes: string[], given: Json = {}): Promise<void> {
  const defaults = { name: "Imported", kind: "percent", value: "10" };
  await native("/voucher_series", { ...defaults, ...given, codes }, till.slug);
}

/** Creates a batch; answers its codes. */
export async function makeVouchers(till: Till, given: Json = {}): Promise<string[]> {
  const defaults = { name: "Promo", type: "PERCENT", value: 10, quantity: 1 };
  const made = await till.post("/vouchers/batches/create", { ...defaults, ...given });
  if (made.status !== 200) throw new Error(made.text);
  return made.body.voucher_codes as string[];
}

/** The first of a new batch of vouchers. */
export async function makeVoucher(till: Till, given: Json = {}): Promise<string> {
  const [code = ""] = await makeVouchers(till, given);
  return code;
}

/** Imports a customer with a number of its own. */
export async function importCustomer(till: Till, line: Json): Promise<string> {
  const headers = {
    Authorization: `Bearer ${env.GUERDON_ADMIN_TOKEN}`,
    "Guerdon-Merchant": till.slug,
  };
  const init = { method: "POST", headers, body: `${JSON.stringify(line)}\n` };
  const response = await worker(new Request(`${ORIGIN}/loyalty/v1/customers/import`, init));
  const text = await response.text();
  if (!text.includes('"created"')) throw new Error(text);
  return `CUST_${line.number}`;
}
