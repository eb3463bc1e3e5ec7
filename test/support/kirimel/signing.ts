import { createHmac } from "node:crypto";

/** A key text and its HMAC secret. */
export interface KirimelKey {
  readonly text: string;
  readonly secret: string;
}

/** What is signed: A the timestamp and the body, B the same with a dot between. */
export type Variant = "A" | "B";

/** The signature that a client computes, over the very bytes that it sends. */
export function sign(
  variant: Variant,
  secret: string,
  timestamp: string,
  body: string | Uint8Array,
): string {
  const hmac = createHmac("sha256", secret).update(timestamp + (variant === "B" ? "." : ""));
  return hmac.update(body).digest("hex");
}

type Fields = Readonly<Record<string, unknown>>;

/** How one of the vendor's own clients makes a request. */
export interface ClientStyle {
  readonly variant: Variant;
  readonly keyHeader: "X-API-Key" | "X-Client-Key";
  readonly contentType: string;
  readonly encode: (fields: Fields) => string;
  readonly timestamp: (now: number) => string;
}

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

const wholeSeconds = (now: number): string => new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
const milliseconds = (now: number): string => new Date(now).toISOString();

/** The name and value pairs of a form; every value is a text. */
function form(fields: Fields): string {
  const pairs = Object.entries(fields).map(([name, value]) => [name, String(value)]);
  return new URLSearchParams(pairs as [string, string][]).toString();
}

const unicodeEscape = (unit: string): string =>
  `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

const asciiOnly = (json: string): string => json.replaceAll(/[\u0080-\uffff]/g, unicodeEscape);

/** PHP escapes slashes and all that is not ASCII; no fields at all are an empty list. */
function phpJson(fields: Fields): string {
  if (Object.keys(fields).length === 0) return "[]";
  return asciiOnly(JSON.stringify(fields).replaceAll("/", "\\/"));
}

/** Python puts a blank behind commas and colons and escapes all that is not ASCII. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([k, v]) => `${pythonJson(k)}: ${pythonJson(v)}`);
    return `{${members.join(", ")}}`;
  }
  return asciiOnly(JSON.stringify(value));
}

const sample = { variant: "A", keyHeader: "X-API-Key", contentType: FORM, encode: form } as const;

/** The PHP sample of the documentation. */
export const phpSample: ClientStyle = { ...sample, timestamp: wholeSeconds };
/** The Node sample of the documentation: `toISOString()` has milliseconds. */
export const nodeSample: ClientStyle = { ...sample, timestamp: milliseconds };
/** The Python sample of the documentation. */
export const pythonSample: ClientStyle = { ...sample, timestamp: wholeSeconds };

const sdk = { variant: "B", contentType: JSON_TYPE, timestamp: wholeSeconds } as const;

/** The PHP SDK. */
export const phpSdk: ClientStyle = { ...sdk, keyHeader: "X-API-Key", encode: phpJson };
/** The Node SDK in the version that called the key a client key. */
export const nodeSdk: ClientStyle = { ...sdk, keyHeader: "X-Client-Key", encode: JSON.stringify };
/** The Python SDK. */
export const pythonSdk: ClientStyle = { ...sdk, keyHeader: "X-API-Key", encode: pythonJson };

/** Every client that the vendor ever published. */
export const CLIENT_STYLES: readonly (readonly [string, ClientStyle])[] = [
  ["the PHP sample", phpSample],
  ["the Node sample", nodeSample],
  ["the Python sample", pythonSample],
  ["the PHP SDK", phpSdk],
  ["the Node SDK", nodeSdk],
  ["the Python SDK", pythonSdk],
];

/** Compact JSON signed with a dot, at a moment told to the millisecond. */
export const till: ClientStyle = { ...nodeSdk, keyHeader: "X-API-Key", timestamp: milliseconds };

/** Form fields signed without a dot, at a moment told to the millisecond. */
export const formTill: ClientStyle = nodeSample;
