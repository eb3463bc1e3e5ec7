import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import type { Json, Target } from "../kirimel/till.ts";
import { worker } from "../kirimel/till.ts";
import { nativeCall, nativeMake } from "../native/native.ts";

/** An answer of the Microgenn dialect. */
export interface HotelReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Json;
}

/** The guest of the contract's samples. */
export const RAVI = "9876543210";
/** Last days that are past and to come on every clock of a test. */
export const PAST = "2020-12-31";
export const FUTURE = "2070-12-31";

const BOTH = ["read:customers", "write:transactions"];

/** The contract's own programme: 100 points a rupee, 100 points worth one. */
export const HOTEL_PROGRAM = {
  name: "Rewards",
  earning: { rate: "100", rounding: "floor", categories: { spa: "50" } },
  redemption: { rate: "100" },
  tiers: [
    { name: "Silver", from: "0" },
    { name: "Gold", from: "3000" },
    { name: "Platinum", from: "1000000", multiplier: "1.5", priority_service: true },
  ],
};

/** A hotel with a live and a sandbox key, as its till sees it. */
export class Hotel {
  readonly slug: string;
  readonly live: string;
  readonly test: string;
  readonly #target: Target;

  constructor(slug: string, keys: { live: string; test: string }, target = worker) {
    this.slug = slug;
    this.live = keys.live;
    this.test = keys.test;
    this.#target = target;
  }

  /** The same hotel behind another target. */
  via(target: Target): Hotel {
    return new Hotel(this.slug, this, target);
  }

  /** Any request below the hotel's slug; a null key sends none. */
  async send(path: string, init: RequestInit = {}, key: string | null = this.live) {
    const headers = new Headers(init.headers);
    if (key !== null) headers.set("X-API-Key", key);
    const url = `http://loyalty.example/api/${this.slug}${path}`;
    const response = await this.#target(new Request(url, { ...init, headers }));
    const text = await response.text();
    const reply: HotelReply = {
      status: response.status,
      headers: response.headers,
      text,
      body: JSON.parse(text) as Json,
    };
    return reply;
  }

  async lookUp(query: Readonly<Record<string, string>> = { mobile: RAVI }, key?: string | null) {
    return this.send(`/pos/customer?${new URLSearchParams(query)}`, {}, key);
  }

  async post(path: string, fields: Json | string, key?: string | null) {
    const body = typeof fields === "string" ? fields : JSON.stringify(fields);
    const headers = { "Content-Type": "application/json" };
    return this.send(`/pos/${path}`, { method: "POST", body, headers }, key);
  }
}

/** Makes a merchant with its programme and two keys with both scopes. */
export async function openHotel(
  given: { readonly merchant?: Json; readonly program?: Json | null } = {},
): Promise<Hotel> {
  const slug = `hotel-${ulid().toLowerCase()}`;
  const merchant = { slug, name: "Hotel", currency: "INR", time_zone: "Asia/Kolkata" };
  await nativeMake("/merchants", { ...merchant, ...given.merchant });
  const program = given.program === undefined ? HOTEL_PROGRAM : given.program;
  if (program !== null) await nativeMake("/programs", program, slug);
  const live = await hotelKey(slug, "live");
  return new Hotel(slug, { live, test: await hotelKey(slug, "test") });
}

/** Makes a key of a hotel, with both scopes if nothing else is said; answers its text. */
export async function hotelKey(
  slug: string,
  mode: "live" | "test",
  scopes: readonly string[] = BOTH,
): Promise<string> {
  const key = { name: "Key", dialect: "microgenn", mode, scopes, unlimited: true };
  return String((await nativeMake("/keys", key, slug)).text);
}

/** Brings a guest along, Ravi with his 3400 points if nothing else is said. */
export async function addGuest(hotel: Hotel, given: Json = {}, points = "3400"): Promise<string> {
  const line = {
    name: "Ravi Kumar",
    identifiers: [{ kind: "phone", value: `+91${RAVI}` }],
    balances: [{ unit: "point", lifetime: points, lots: [{ amount: points }] }],
    ...given,
  };
  const headers = {
    Authorization: `Bearer ${env.GUERDON_ADMIN_TOKEN}`,
    "Guerdon-Merchant": hotel.slug,
  };
  const init = { method: "POST", headers, body: JSON.stringify(line) };
  const url = "https://api.example/loyalty/v1/customers/import";
  const answer = await worker(new Request(url, init));
  const text = new TextDecoder().decode(await answer.arrayBuffer());
  const imported = JSON.parse(text) as Json;
  if (imported.outcome !== "created") throw new Error(text);
  return String(imported.customer);
}

/** A hotel with Ravi as its guest. */
export async function openHotelWithRavi(): Promise<Hotel & { readonly guest: string }> {
  const hotel = await openHotel();
  return Object.assign(hotel, { guest: await addGuest(hotel) });
}

/** Makes a coupon of 200 rupees, good until {@link FUTURE} if nothing else is said. */
export async function addCoupon(hotel: Hotel, code: string, given: Json = {}): Promise<void> {
  const series = { name: "Campaign", kind: "amount", value: "200", source: "campaign" };
  const body = { ...series, valid_until: FUTURE, codes: [code], ...given };
  await nativeMake("/voucher_series", body, hotel.slug);
}

/** The code in the newest message of a hotel's local message log. */
export async function sentCode(hotel: Hotel): Promise<string> {
  const log = await nativeCall("GET", "/messages?limit=1", { merchant: hotel.slug });
  const [message] = log.body.data as { text: string }[];
  return /^\d{6}/.exec(message?.text ?? "")?.[0] ?? "no code was sent";
}
