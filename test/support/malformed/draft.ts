import { ORIGIN } from "../http.ts";
import type { BodyFormat } from "./body-format.ts";
import { formBody } from "./form-body.ts";
import type { Member } from "./values.ts";
import { readValue } from "./values.ts";

/** A header's name and its text. */
export type Header = readonly [name: string, text: string];

/** A request in parts, so that each can be broken by itself. */
export interface Draft {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: readonly Header[];
  /** The fields, as long as they were not written into the query or the body. */
  readonly members: readonly Member[];
  readonly format: BodyFormat;
  readonly body: Uint8Array;
}

/** A request that a dialect accepts, in the fewest words. */
export interface Sample {
  readonly path: string;
  /** Of the query where the method has no body. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly headers?: readonly Header[];
}

const NO_BODY = ["GET", "HEAD"];

/** Whether requests of that method carry a body. */
export function hasBody(method: string): boolean {
  return !NO_BODY.includes(method);
}

/** The draft of a sample. */
export function draftOf(method: string, sample: Sample, format: BodyFormat): Draft {
  const { path, fields = {}, headers = [] } = sample;
  const members = Object.entries(fields).map(([name, value]) => [name, readValue(value)] as const);
  return { method, path, query: "", headers, members, format, body: new Uint8Array(0) };
}

/** The sample behind a request that a test's client made. */
export async function sampleOf(request: Request): Promise<Sample> {
  const { pathname, searchParams } = new URL(request.url);
  const text = await request.text();
  const fields = hasBody(request.method)
    ? (JSON.parse(text === "" ? "{}" : text) as Record<string, unknown>)
    : Object.fromEntries(searchParams);
  // The client's own address would meet the limit of addresses.
  const headers = [...request.headers].filter(([name]) => name !== "cf-connecting-ip");
  return { path: pathname, fields, headers };
}

/** The draft with its headers of that name replaced, or left out. */
export function withHeader(draft: Draft, name: string, text: string | null): Draft {
  const lower = name.toLowerCase();
  const others = draft.headers.filter(([other]) => other.toLowerCase() !== lower);
  return { ...draft, headers: text === null ? others : [...others, [name, text]] };
}

/** Writes the fields to where they belong. */
export function written(draft: Draft): Draft {
  const { method, members, format } = draft;
  if (!hasBody(method)) return { ...draft, query: formBody.write(members) };
  const body = new TextEncoder().encode(format.write(members));
  return { ...withHeader(draft, "Content-Type", format.contentType), body };
}

/** Enough that no limit of an address is met, and few, as each has an object that counts. */
const ADDRESSES = 16;
let requests = 0;

/** The request that goes out; from one of a few clients, where nothing else is said. */
export function toRequest(draft: Draft): Request {
  const { method, path, query, body } = draft;
  requests += 1;
  const headers = new Headers({ "CF-Connecting-IP": `10.0.0.${requests % ADDRESSES}` });
  const named = new Set<string>();
  for (const [name, text] of draft.headers) {
    const lower = name.toLowerCase();
    if (named.has(lower)) headers.append(name, text);
    else headers.set(name, text);
    named.add(lower);
  }
  const url = `${ORIGIN}${path}${query === "" ? "" : `?${query}`}`;
  return new Request(url, { method, headers, ...(hasBody(method) ? { body } : {}) });
}

const SHOWN = 400;

const shortened = (text: string): string =>
  text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}… (${text.length} characters)`;

/** The request as a person reads it who wants to send it again. */
export function showRequest(request: Request, body: Uint8Array): string {
  const headers = [...request.headers].map(([name, text]) => `${name}: ${shortened(text)}`);
  const head = [`${request.method} ${shortened(request.url)}`, ...headers].join("\n");
  return `${head}\n\n${shortened(JSON.stringify(new TextDecoder().decode(body)))}`;
}
