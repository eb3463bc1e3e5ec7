import { looksLikeJson, parseJson } from "../../../http/wire/body.ts";
import type { Fields } from "../../../http/wire/fields.ts";
import type { Reader } from "../readers.ts";
import { readFields } from "../readers.ts";

/**
 * The fields of a redemption, which always has a `redeem_code`, if an empty one. Its documented
 * sample is no JSON, so that what cannot be read is mended once; in a form the field may recur,
 * or be the text of a list.
 */
export const readRedemption: Reader = (http, body) => {
  const strict = readFields(http, body);
  const fields = strict.ok ? strict : readFields(http, mendRedemption(body));
  if (!fields.ok) return fields;
  const recurring = looksLikeJson(body) ? [] : new URLSearchParams(body).getAll("redeem_code");
  const codes = recurring.length > 1 ? recurring : (fields.value.redeem_code ?? []);
  return { ok: true, value: { ...fields.value, redeem_code: readListText(codes) } };
};

/** The list that a text is, as JSON or as the documentation's sample writes it. */
function readListText(codes: unknown): unknown {
  if (typeof codes !== "string" || !/^\[.*\]$/s.test(codes.trim())) return codes;
  const list = parseJson(mendRedemption(`{"redeem_code":${codes}}`));
  return list.ok ? (list.value as Fields).redeem_code : codes;
}

/** A GET whose body names codes redeems them; any other has no fields. */
export const readRedemptionIfAny: Reader = (http, body) =>
  body.includes("redeem_code") ? readRedemption(http, body) : { ok: true, value: {} };

/** Every text is made of these; a quoted one may lack its end, so that none is read twice. */
const TOKEN = /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[\s:,[\]{}]|[^\s"':,[\]{}]+/gs;
const BARE_WORD = /^[^\s"':,[\]{}]/;

/**
 * What was meant by a redemption that is almost JSON: without a stray quotation mark at its end,
 * with double marks for single ones, and with marks around the bare words among its codes.
 */
export function mendRedemption(text: string): string {
  const recent: string[] = [];
  let amongCodes = false;
  const mend = (token: string): string => {
    if (token.trim() === "") return token;
    if (token === "[") amongCodes = recent.join("") === '"redeem_code":';
    if (token === "]") amongCodes = false;
    const mended = amongCodes && BARE_WORD.test(token) ? JSON.stringify(token) : requote(token);
    recent.push(mended);
    if (recent.length > 2) recent.shift();
    return mended;
  };
  return withoutStrayMark(text).replace(TOKEN, mend);
}

function withoutStrayMark(text: string): string {
  const trimmed = text.trimEnd();
  const rest = trimmed.endsWith('"') ? trimmed.slice(0, -1).trimEnd() : "";
  return rest.endsWith("}") ? rest : text;
}

/** A text between single marks, with double ones. */
function requote(token: string): string {
  if (token.length < 2 || !token.startsWith("'") || !token.endsWith("'")) return token;
  const content = token.slice(1, -1).replace(/\\.|"/gs, (part) => {
    if (part === '"') return '\\"';
    return part === "\\'" ? "'" : part;
  });
  return `"${content}"`;
}
