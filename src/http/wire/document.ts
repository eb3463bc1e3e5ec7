import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { decodeUtf8, JsonNumber, looksLikeJson, parseForm, parseJson } from "./body.ts";
import type { Fields } from "./fields.ts";
import { readXml } from "./xml.ts";

/** The two forms that a document can have. */
export type Format = "xml" | "json";

/**
 * A body's value, as {@link readXml} has it or alike: numbers are texts. `format` is what the
 * request says; where it says nothing the first character tells. What looks like neither format is
 * a form, and a body of blanks has no fields.
 */
export function readDocument(
  bytes: Uint8Array,
  format: Format | null,
): Result<unknown, LoyaltyError> {
  const text = decodeUtf8(bytes);
  if (text === null) return err({ code: "invalid_json" });
  if (text.trim() === "") return ok({});
  const looksLikeXml = /^\s*</.test(text);
  const isForm = !looksLikeXml && /^[^\s=&]+=/.test(text);
  if (isForm) return ok(parseForm(text));
  if (format === "xml" || (format === null && looksLikeXml)) return readXml(text);
  if (!looksLikeJson(text)) return err({ code: "invalid_json" });
  const parsed = parseJson(text);
  return parsed.ok ? ok(numbersAsTexts(parsed.value)) : parsed;
}

/** Whether a value of a document is an object with fields. */
export function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Documents are at most so deep; what is deeper is refused by its depth, as a whole. */
const MAX_DEPTH = 32;

/** A value of JSON with its numbers as the texts that they were written as. */
function numbersAsTexts(value: unknown, depth = 0): unknown {
  if (value instanceof JsonNumber) return value.text;
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => numbersAsTexts(item, depth + 1));
  // Without a prototype: a field named __proto__ must not hand others down.
  const read: Record<string, unknown> = Object.create(null);
  for (const [name, item] of Object.entries(value)) read[name] = numbersAsTexts(item, depth + 1);
  return read;
}
