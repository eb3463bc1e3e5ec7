import * as z from "zod";
import { isDate } from "../../core/dates.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Http } from "../../http/request.ts";
import { JsonNumber, looksLikeJson, parseForm, parseJson } from "../../http/wire/body.ts";
import type { Fields } from "../../http/wire/fields.ts";
import { presentFields } from "../../http/wire/fields.ts";

/** Bytes of a request body: a purchase with all its items. */
export const MAX_BODY_BYTES = 262_144;

/** How a call gets its fields from a request, whose body it gets as text. */
export type Reader = (http: Http, body: string) => Result<Fields, LoyaltyError>;

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
  if (!isJson) return ok(parseForm(body));
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

/** A call without fields. */
export const noFields = z.unknown();

const DAY_FIRST = /^(\d\d)[-/](\d\d)[-/](\d{4})$/;

const CLOCK_TIME = /^(.+) ((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)$/;

/** A date and `HH:MM:SS` as `YYYY-MM-DDTHH:MM:SS`; null when it is no such time. */
export function parseDateTime(text: string): string | null {
  const [, date = "", time] = CLOCK_TIME.exec(text.trim()) ?? [];
  const day = parseDate(date);
  return day === null ? null : `${day}T${time}`;
}

/** `dd/mm/yyyy`, `dd-mm-yyyy` or `yyyy-mm-dd` as `YYYY-MM-DD`; null when it is no date. */
export function parseDate(text: string): string | null {
  const date = text.trim().replace(DAY_FIRST, "$3-$2-$1");
  return isDate(date) ? date : null;
}
