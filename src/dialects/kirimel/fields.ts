import type { LoyaltyError } from "../../core/errors.ts";
import { invalid } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Http } from "../../http/request.ts";
import { decodeUtf8, looksLikeJson, parseForm, parseJson } from "../../http/wire/body.ts";
import type { Fields } from "../../http/wire/fields.ts";
import { presentFields } from "../../http/wire/fields.ts";
import type { Access, Signed } from "./authentication.ts";

/** Other names that clients use for a field; the canonical name wins if both are sent. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  description: ["notes"],
  reference_id: ["reference"],
  points: ["points_to_redeem"],
  birth_date: ["birthDate"],
  qr_code: ["qrCode"],
  batch_id: ["voucher_batch_id"],
};

/**
 * A request's fields: of the path before those of the body. The query is not signed, so only reads
 * look at it, and only for what the body does not say.
 */
export async function readFields(
  http: Http,
  { access }: Access,
  { body }: Signed,
): Promise<Result<Fields, LoyaltyError>> {
  const fields = readBodyFields(body);
  if (!fields.ok) return fields;
  const query = access === "read" ? canonical(http.req.query()) : {};
  return ok({ ...query, ...fields.value, ...http.req.param() });
}

/**
 * A body's fields. What it is shows in its first byte, not in its content type: the type is not
 * signed, and the same signed bytes must never mean two things.
 */
export function readBodyFields(bytes: Uint8Array): Result<Fields, LoyaltyError> {
  const text = decodeUtf8(bytes);
  if (text === null) return err({ code: "invalid_json" });
  if (!looksLikeJson(text)) return ok(canonical(parseForm(text)));
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  if (!Array.isArray(value)) return ok(canonical(value as Fields));
  // PHP encodes "no fields" as an empty list.
  return value.length === 0 ? ok({}) : invalid("", "invalid", "body must be an object");
}

/** Applies the aliases and drops what is null or empty. */
function canonical(fields: Fields): Fields {
  const read = presentFields(fields);
  for (const [name, aliases] of Object.entries(ALIASES)) {
    const alias = aliases.find((candidate) => read[candidate] !== undefined);
    if (alias !== undefined) read[name] ??= read[alias];
  }
  return read;
}
