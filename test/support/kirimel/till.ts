import { ulid } from "ulid";
import type { Answer, Json, Target } from "../http.ts";
import { clientAddress, ORIGIN, send, sendWith, worker } from "../http.ts";
import { create, importLines } from "../native/merchant.ts";
import type { ClientStyle, KirimelKey } from "./signing.ts";
import { sign, till as usualStyle } from "./signing.ts";

export type { Json, Target } from "../http.ts";
export { appWith, worker } from "../http.ts";

/** An answer with what tests look at. */
export interface Reply extends Answer {
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

/** How a call is made, where it is not as the vendor's newest client makes it. */
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

let signatures = 0;

/** A timestamp that no other request carries, so that no two signatures are the same. */
function freshTimestamp(): string {
  signatures += 1;
  const seconds = new Date(Date.now()).toISOString().slice(0, 19);
  return `${seconds}.${String(signatures).padStart(9, "0")}Z`;
}

function toReply(answer: Answer): Reply {
  const body = JSON.parse(answer.text) as Json;
  const error = body.error as { code: string; details: Json } | undefined;
  return {
    ...answer,
    data: (body.data ?? {}) as Json,
    code: error?.code ?? null,
    details: error?.details ?? {},
  };
}

let moments = 0;

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

  /** Signs fields as the vendor's first samples did, without a dot and a content type. */
  async sign(fields: Json | string = ""): Promise<Signed> {
    const body = typeof fields === "string" ? fields : JSON.stringify(fields);
    const timestamp = freshTimestamp();
    const headers = {
      "X-API-Key": this.key,
      "X-Timestamp": timestamp,
      "X-Signature": sign("A", this.secret, timestamp, body),
      ...this.#headers,
    };
    return { body, headers };
  }

  /** Sends bytes that were signed before, as a network or a thief would. */
  async send(method: string, path: string, { body, headers }: Signed): Promise<Reply> {
    const init = { method, headers: { ...headers }, ...(method === "GET" ? {} : { body }) };
    return toReply(await send(new Request(urlOf(path), init), this.#target));
  }

  async post(path: string, fields: Json | string = {}): Promise<Reply> {
    return this.send("POST", path, await this.sign(fields));
  }

  async get(path: string, query: Readonly<Record<string, string>> = {}): Promise<Reply> {
    const search = new URLSearchParams(query).toString();
    return this.send("GET", search === "" ? path : `${path}?${search}`, await this.sign());
  }

  /** A request of one of the vendor's clients. No two have the same timestamp unless told. */
  request(path: string, call: KirimelCall = {}): Request {
    const { style = usualStyle, fields, raw } = call;
    const key = call.key ?? { text: this.key, secret: this.secret };
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
    return new Request(urlOf(path), {
      method,
      headers: sent as [string, string][],
      ...(method === "GET" || method === "HEAD" ? {} : { body }),
    });
  }

  /** Calls as one of the vendor's clients; the answer may be anything. */
  async call(path: string, call: KirimelCall = {}): Promise<Answer> {
    const request = this.request(path, call);
    if (call.bindings !== undefined) return sendWith(call.bindings, request);
    return send(request, this.#target);
  }
}

function urlOf(path: string): string {
  return `${ORIGIN}/api/loyalty${path}`;
}

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

/** What an account key may do besides: it alone creates the group. */
export const ACCOUNT_SCOPES = ["write:merchants", ...GROUP_SCOPES];

/** KiriMel's own example: BRONZE, SILVER from 1000, GOLD from 5000; 100 points are worth 1.00. */
export const PROGRAM = {
  name: "My Restaurant Rewards",
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
  await create("/merchants", { ...defaults, ...given });
  if (program !== null) await create("/programs", program, slug);
  return slug;
}

/** Makes a key of a merchant, without a rate limit if nothing else is said. */
export async function makeTill(slug: string, given: Json = {}): Promise<Till> {
  const texts = { text: `kiri_${ulid()}`, secret: `ks_${ulid()}` };
  const defaults = { name: "Till", dialect: "kirimel", scopes: GROUP_SCOPES, unlimited: true };
  await create("/keys", { ...defaults, ...texts, ...given }, slug);
  return new Till(slug, texts.text, texts.secret);
}

/** A merchant with one site and a till. */
export async function openShop(given: Json = {}): Promise<Till> {
  const slug = await makeMerchant(given);
  await create("/sites", { code: "MAIN01", name: "Main" }, slug);
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
  await create("/voucher_series", { ...defaults, ...given, codes }, till.slug);
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
  const [made] = await importLines(till.slug, [line]);
  if (made?.outcome !== "created") throw new Error(JSON.stringify(made));
  return `CUST_${line.number}`;
}
