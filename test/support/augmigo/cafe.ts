import { ulid } from "ulid";
import { clientAddress } from "../http.ts";
import type { Json, Target } from "../kirimel/till.ts";
import { worker } from "../kirimel/till.ts";
import { nativeMake } from "../native/native.ts";

/** An answer of the Augmigo dialect. */
export interface CafeReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; empty where there is none or where it is a list. */
  readonly body: Json;
  /** The body where it is a list. */
  readonly list: readonly Json[];
  /** The texts of an error; empty for a success. */
  readonly msg: readonly string[];
}

/** What a call carries besides its method and path. */
export interface CafeCall {
  /** An object is sent as JSON, a text as it stands (a form, if nothing else is said). */
  readonly body?: unknown;
  /** Null sends none; the cafe's own if nothing is said. */
  readonly token?: string | null;
  /** Null, and nothing said, sends none: the call is then made at the outlet of the sign-in. */
  readonly outlet?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A person who signs in. */
export interface Cashier {
  readonly username: string;
  readonly password: string;
}

/** The password of every person of a cafe. */
export const PASSWORD = "s3cret";
/** Granted `outlet_main` only. */
export const CASHIER: Cashier = { username: "cashier1@cafe.example", password: PASSWORD };
/** Granted both outlets, without a default. */
export const MANAGER: Cashier = { username: "manager@cafe.example", password: PASSWORD };

/** What `granted_access` calls customer, reward, voucher, membership. */
export const STAFF_SCOPES = [
  "write:customers",
  "write:transactions",
  "write:vouchers",
  "write:memberships",
];

/** Two points per unit of the sales amount less tax. */
const PROGRAM = { name: "Rewards", earning: { rate: "2" } };

/** The value of Basic authentication. */
export function basic(username: string, password: string): string {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** A cafe as its tills see it: an account, its API key, and a person who is signed in. */
export class Cafe {
  readonly account: string;
  readonly apiKey: string;
  readonly token: string;
  readonly #target: Target;
  readonly #address = clientAddress();

  constructor(account: string, apiKey: string, token = "", target = worker) {
    this.account = account;
    this.apiKey = apiKey;
    this.token = token;
    this.#target = target;
  }

  /** The same cafe behind another target. */
  via(target: Target): Cafe {
    return new Cafe(this.account, this.apiKey, this.token, target);
  }

  /** The same cafe with another person's token. */
  as(token: string): Cafe {
    return new Cafe(this.account, this.apiKey, token, this.#target);
  }

  /** Any request below `/api/v1`. */
  async call(method: string, path: string, given: CafeCall = {}): Promise<CafeReply> {
    const { body, token = this.token, outlet = null } = given;
    const headers = new Headers({ "CF-Connecting-IP": this.#address });
    if (token !== null && token !== "") headers.set("x-auth-token", token);
    if (outlet !== null) headers.set("x-outlet-key", outlet);
    const isForm = typeof body === "string";
    const type = isForm ? "application/x-www-form-urlencoded" : "application/json";
    if (body !== undefined) headers.set("Content-Type", type);
    for (const [name, value] of Object.entries(given.headers ?? {})) headers.set(name, value);
    const text = isForm ? body : JSON.stringify(body);
    const init = { method, headers, ...(text === undefined ? {} : { body: text }) };
    return toReply(await this.#target(new Request(`http://cafe.example/api/v1${path}`, init)));
  }

  async get(path: string, given: CafeCall = {}): Promise<CafeReply> {
    return this.call("GET", path, given);
  }

  async post(path: string, body?: unknown, given: CafeCall = {}): Promise<CafeReply> {
    return this.call("POST", path, { ...given, body });
  }

  /**
   * Signs a person in, from an address of its own so that no test meets a limit of another; with
   * headers of the test's own besides, of which an empty one is not sent.
   */
  async signIn(
    who: Cashier = CASHIER,
    outlet: string | null = null,
    headers: Readonly<Record<string, string>> = {},
    path = "/merchant/auth",
  ): Promise<CafeReply> {
    const sent = {
      "CF-Connecting-IP": clientAddress(),
      "X-ACCT-ID": this.account,
      "X-API-KEY": this.apiKey,
      Authorization: basic(who.username, who.password),
      ...headers,
    };
    const named = Object.entries(sent).filter(([, value]) => value !== "");
    const given = { token: null, outlet, headers: Object.fromEntries(named) };
    return this.call("POST", path, given);
  }

  /** The same cafe with a token that a sign-in gave. */
  async signedIn(who: Cashier = CASHIER, outlet: string | null = null): Promise<Cafe> {
    const reply = await this.signIn(who, outlet);
    if (reply.status !== 200) throw new Error(`sign-in: ${reply.status} ${reply.text}`);
    return this.as(String(reply.body["x-auth-token"]));
  }
}

async function toReply(response: Response): Promise<CafeReply> {
  const text = await response.text();
  const parsed: unknown = text === "" ? {} : JSON.parse(text);
  const isList = Array.isArray(parsed);
  const body = isList ? {} : (parsed as Json);
  return {
    status: response.status,
    headers: response.headers,
    text,
    body,
    list: isList ? (parsed as Json[]) : [],
    msg: (body.msg ?? []) as string[],
  };
}

/** Makes an API key of an account; answers its text. */
export async function accountKey(account: string, given: Json = {}): Promise<string> {
  const defaults = { name: "Key", dialect: "augmigo", scopes: STAFF_SCOPES, unlimited: true };
  return String((await nativeMake("/keys", { ...defaults, ...given }, account)).text);
}

/** Adds a person, with every permission and `outlet_main` if nothing else is said. */
export async function addStaff(account: string, given: Json = {}): Promise<Cashier> {
  const username = `${ulid().toLowerCase()}@cafe.example`;
  const defaults = { username, password: PASSWORD, name: "Somebody", scopes: STAFF_SCOPES };
  const made = { ...defaults, sites: ["outlet_main"], ...given };
  await nativeMake("/staff", made, account);
  return { username: String(made.username), password: String(made.password) };
}

/** Makes a cafe with two outlets, a cashier, a manager and an API key; nobody is signed in. */
export async function buildCafe(
  given: { readonly merchant?: Json; readonly program?: Json; readonly key?: Json } = {},
): Promise<Cafe> {
  const slug = `acct_${ulid().toLowerCase()}`;
  const merchant = { slug, name: "Cafe", currency: "MYR", time_zone: "Asia/Kuala_Lumpur" };
  await nativeMake("/merchants", { ...merchant, ...given.merchant });
  await nativeMake("/sites", { code: "outlet_main", name: "Main Outlet" }, slug);
  await nativeMake("/sites", { code: "outlet_second", name: "Second Outlet" }, slug);
  await nativeMake("/programs", given.program ?? PROGRAM, slug);
  await addStaff(slug, { ...CASHIER, name: "Cashier One" });
  const both = ["outlet_main", "outlet_second"];
  await addStaff(slug, { ...MANAGER, name: "Manager", sites: both });
  return new Cafe(slug, await accountKey(slug, given.key));
}

/** Makes a cafe whose cashier is signed in at `outlet_main`. */
export async function openCafe(given: Parameters<typeof buildCafe>[0] = {}): Promise<Cafe> {
  return (await buildCafe(given)).signedIn();
}

/** The same account with a test-mode key, its cashier signed in: nothing that it does is kept. */
export async function testModeOf(cafe: Cafe): Promise<Cafe> {
  const key = await accountKey(cafe.account, { mode: "test" });
  return new Cafe(cafe.account, key).signedIn();
}
