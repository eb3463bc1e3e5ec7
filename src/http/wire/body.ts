import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";

/**
 * Reads a request's body as bytes, at most `limit` of them: what declares or sends more is refused
 * (`body_too_large`) without being read to its end.
 */
export async function readBody(
  request: Request,
  limit: number,
): Promise<Result<Uint8Array, LoyaltyError>> {
  const declared = Number(request.headers.get("content-length") ?? "0");
  if (declared > limit) return err({ code: "body_too_large", limit });
  if (request.body === null) return ok(new Uint8Array(0));
  if (declared > 0) return readDeclared(request, limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    size += chunk.length;
    if (size > limit) return err({ code: "body_too_large", limit });
    chunks.push(chunk);
  }
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return ok(only);
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return ok(bytes);
}

/** A body whose length was declared is read at once, which costs far less than piece by piece. */
async function readDeclared(
  request: Request,
  limit: number,
): Promise<Result<Uint8Array, LoyaltyError>> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  return bytes.length > limit ? err({ code: "body_too_large", limit }) : ok(bytes);
}

/** Bytes as UTF-8 text; null when they are none. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return null;
  }
}

/** A number of a JSON document as its source text, so that no digit passes through a float. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Reviver = (
  this: unknown,
  key: string,
  value: unknown,
  context: { source?: string },
) => unknown;

const keepNumberText: Reviver = (_key, value, context) =>
  typeof value === "number" ? new JsonNumber(context.source ?? String(value)) : value;

/** Parses JSON with every number kept as its text; `invalid_json` when it is none. */
export function parseJson(text: string): Result<unknown, LoyaltyError> {
  try {
    return ok(JSON.parse(text, keepNumberText as (key: string, value: unknown) => unknown));
  } catch {
    return err({ code: "invalid_json" });
  }
}

/** Whether a body is a JSON document rather than a form: its first non-blank byte tells. */
export function looksLikeJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

/** Parses `application/x-www-form-urlencoded`; of a repeated field the first value counts. */
export function parseForm(text: string): Record<string, string> {
  const fields: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) fields[name] ??= value;
  return fields;
}
