import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Http } from "../../http/request.ts";
import {
  decodeUtf8,
  JsonNumber,
  looksLikeJson,
  parseJson,
  readBody,
} from "../../http/wire/body.ts";
import type { Fields } from "../../http/wire/fields.ts";
import { presentFields } from "../../http/wire/fields.ts";
import { parseNestedForm } from "../../http/wire/forms.ts";
import { findIllFormed } from "../../http/wire/validation.ts";

/** Bytes of a request body: a purchase with all its items. */
const MAX_BODY_BYTES = 262_144;

/** How a call gets its fields from a request, whose body it gets as text. */
export type Reader = (http: Http, body: string) => Result<Fields, LoyaltyError>;

/** The fields of a request, read from its body by `read`. */
export async function readRequest(http: Http, read: Reader): Promise<Result<Fields, LoyaltyError>> {
  const body = await readBody(http.req.raw, MAX_BODY_BYTES);
  if (!body.ok) return body;
  const text = decodeUtf8(body.value);
  if (text === null) return err({ code: "invalid_json" });
  const fields = read(http, text);
  const fault = fields.ok ? findIllFormed(fields.value) : null;
  return fault === null ? fields : err({ code: "validation_failed", faults: [fault] });
}

/** The fields of the body, JSON or form, without those that are null or empty. */
export const readFields: Reader = (http, body) => {
  const fields = readAllFields(http, body);
  return fields.ok ? ok(presentFields(fields.value)) : fields;
};

/** {@link readFields} with those that are null or empty: a change that clears them. */
export const readAllFields: Reader = (http, body) => {
  if (body.trim() === "") return ok({});
  const type = (http.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  const isJson = looksLikeJson(body) || type === "application/json";
  if (!isJson) return parseNestedForm(body);
  const parsed = parseJson(body);
  if (!parsed.ok) return parsed;
  return isObject(parsed.value) ? ok(numbersAsTexts(parsed.value)) : err({ code: "invalid_json" });
};

/** The fields of the query: for calls without a body. */
export const readQuery: Reader = (http) => ok(presentFields(http.req.query()));

/** A reader that takes no fields at all for an unreadable body (`invalid_json`). */
export function demandFields(reader: Reader): Reader {
  return (http, body) => {
    const fields = reader(http, body);
    const isEmpty = fields.ok && Object.keys(fields.value).length === 0;
    return isEmpty ? err({ code: "invalid_json" }) : fields;
  };
}

/** Whether a value of a parsed document is an object with fields. */
export function isObject(value: unknown): value is Fields {
  const plain = typeof value === "object" && value !== null && !Array.isArray(value);
  return plain && !(value instanceof JsonNumber);
}

function numbersAsTexts(fields: Fields): Fields {
  // Without a prototype: a field named __proto__ must not hand others down.
  const read: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(fields)) {
    read[name] = value instanceof JsonNumber ? value.text : value;
  }
  return read;
}
