import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Endpoint } from "../../http/calls.ts";
import type { Http } from "../../http/request.ts";
import { decodeUtf8, readBody } from "../../http/wire/body.ts";
import { findIllFormed } from "../../http/wire/validation.ts";
import type { Conditional } from "./declarations.ts";
import { NOTHING } from "./declarations.ts";
import { expectedVersion } from "./versions.ts";

/** Bytes of a JSON body. */
const MAX_BODY_BYTES = 262_144;

/**
 * The fields of a request: of a GET those of its query, of others those of its JSON body. Without
 * the version that it changes, a conditional one is not looked at any further.
 */
export async function readFields(
  http: Http,
  { input, method, conditional = false }: Pick<Endpoint, "input" | "method"> & Conditional,
): Promise<Result<unknown, LoyaltyError>> {
  const version = conditional ? expectedVersion(http.req.header("if-match")) : ok(0);
  if (!version.ok) return version;
  if (input === NOTHING) return ok({});
  if (method === "GET") return ok(http.req.query());
  const body = await readBody(http.req.raw, MAX_BODY_BYTES);
  if (!body.ok) return body;
  const text = decodeUtf8(body.value);
  return text === null ? err({ code: "invalid_json" }) : readText(text);
}

/** Reads a JSON text; every text in it must be well-formed. */
export function readText(text: string): Result<unknown, LoyaltyError> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err({ code: "invalid_json" });
  }
  const illFormed = findIllFormed(value);
  return illFormed === null ? ok(value) : err({ code: "validation_failed", faults: [illFormed] });
}
