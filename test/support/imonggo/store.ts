import { ulid } from "ulid";
import { basic } from "../augmigo/cafe.ts";
import { clientAddress } from "../http.ts";
import type { Json, Target } from "../kirimel/till.ts";
import { worker } from "../kirimel/till.ts";
import { nativeMake } from "../native/native.ts";
import type { XmlElement } from "../xml-document.ts";
import { parseXml } from "../xml-document.ts";

/** An answer of the Imonggo dialect. */
export interface StoreReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; empty where it is none, or a list. */
  readonly body: Json;
  /** The body where it is a list of JSON. */
  readonly list: readonly Json[];
  /** The root of the body where it is XML; well-formed, or else the call fails. */
  readonly xml: XmlElement;
  /** The texts of an error in either format; empty for a success. */
  readonly errors: readonly string[];
}

/** What a call carries besides its method and path. */
export interface StoreCall {
  /** A text is sent as it stands, an object as JSON. */
  readonly body?: string | object;
  /** Null sends none; the store's own if nothing is said. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Host of the URL, where an account may stand. */
  readonly host?: string;
}

/** The user whose token a store's is. */
export const OWNER = { username: "owner@store.example", password: "secret", number: 20 };

/** What a store's token may do. */
export const STORE_SCOPES = ["read:customers", "write:customers", "write:transactions"];

/** The store's first branch. */
export const MAIN = { code: "MAIN", name: "Main Branch", number: 11 };

/** Debts are what a voided invoice may leave. */
const PROGRAM = { name: "Points", earning: { rate: "1" }, allow_debt: true };

const EMPTY: XmlElement = { name: "", attributes: {}, text: "", children: [] };
const HOST = "loyalty.store.example";

/** A store as its tills see it: an account and a token. */
export class Store {
  readonly account: string;
  readonly token: string;
  readonly #target: Target;
  /** So that no test meets a limit that another one has used up. */
  readonly #address = clientAddress();

  constructor(account: string, token: string, target = worker) {
    this.account = account;
    this.token = token;
    this.#target = target;
  }

  /** The same store behind another target. */
  via(target: Target): Store {
    return new Store(this.account, this.token, target);
  }

  /** The same store with another token. */
  as(token: string): Store {
    return new Store(this.account, token, this.#target);
  }

  /** Any request below `/api`, e.g. to `/customers/1534.xml`. */
  async call(method: string, path: string, given: StoreCall = {}): Promise<StoreReply> {
    return this.send(method, `/api${path}`, given);
  }

  /** Any request. */
  async send(method: string, path: string, given: StoreCall = {}): Promise<StoreReply> {
    const { body, token = this.token, host = HOST } = given;
    const headers = new Headers({ "CF-Connecting-IP": this.#address });
    if (token !== null) headers.set("Authorization", basic(token, "X"));
    for (const [name, value] of Object.entries(given.headers ?? {})) headers.set(name, value);
    const text = typeof body === "object" ? JSON.stringify(body) : body;
    const init = { method, headers, ...(text === undefined ? {} : { body: text }) };
    return toReply(await this.#target(new Request(`http://${host}${path}`, init)));
  }

  async get(path: string, given: StoreCall = {}): Promise<StoreReply> {
    return this.call("GET", path, given);
  }

  async post(path: string, body?: string | object, given: StoreCall = {}): Promise<StoreReply> {
    return this.call("POST", path, { ...given, ...(body === undefined ? {} : { body }) });
  }

  async put(path: string, body?: string | object, given: StoreCall = {}): Promise<StoreReply> {
    return this.call("PUT", path, { ...given, ...(body === undefined ? {} : { body }) });
  }

  async delete(path: string, given: StoreCall = {}): Promise<StoreReply> {
    return this.call("DELETE", path, given);
  }
}

async function toReply(response: Response): Promise<StoreReply> {
  const { status, headers } = response;
  const text = new TextDecoder().decode(await response.arrayBuffer());
  const type = headers.get("content-type") ?? "";
  const json: unknown = type.includes("json") && text !== "" ? JSON.parse(text) : {};
  const xml = type.includes("xml") && text !== "" ? parseXml(text) : EMPTY;
  const body = Array.isArray(json) ? {} : (json as Json);
  const texts = xml.name === "errors" ? xml.children.map((error) => error.text) : [];
  return {
    status,
    headers,
    text,
    body,
    list: Array.isArray(json) ? (json as Json[]) : [],
    xml,
    errors: typeof body.error === "string" ? [body.error] : texts,
  };
}

/** Makes a token of an account; answers its text. Nobody's, without a limit, live unless said. */
export async function storeToken(account: string, given: Json = {}): Promise<string> {
  const key = { name: "Token", dialect: "imonggo", scopes: STORE_SCOPES, unlimited: true };
  return String((await nativeMake("/keys", { ...key, ...given }, account)).text);
}

/** Makes an account with its programme, its branches (one, if not said) and its owner's token. */
export async function openStore(
  given: { readonly merchant?: Json; readonly program?: Json; readonly branches?: Json[] } = {},
): Promise<Store> {
  const slug = `store-${ulid().toLowerCase()}`;
  const merchant = { slug, name: "Store", currency: "PHP", time_zone: "Asia/Manila" };
  await nativeMake("/merchants", { ...merchant, ...given.merchant });
  await nativeMake("/programs", given.program ?? PROGRAM, slug);
  for (const branch of given.branches ?? [MAIN]) await nativeMake("/sites", branch, slug);
  await nativeMake("/staff", { ...OWNER, name: "Owner" }, slug);
  return new Store(slug, await storeToken(slug, { staff: OWNER.username }));
}
