/** Every kind of identifier. Their values are normalised, and unique per merchant and kind. */
export const IDENTIFIER_KINDS = [
  "phone",
  "email",
  "qr",
  "card",
  "external",
  "referral",
  "reference_code",
  "merchant_code",
  "alternate_code",
] as const;

/** What a customer can be found by, besides the number. */
export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

/** One normalised identifier. */
export interface Identifier {
  readonly kind: IdentifierKind;
  readonly value: string;
}

/** What of that kind somebody is found by: of several the first; null: nothing. */
export function identifierOf(
  { identifiers }: { readonly identifiers: readonly Identifier[] },
  kind: IdentifierKind,
): string | null {
  return identifiers.find((identifier) => identifier.kind === kind)?.value ?? null;
}

const PHONE = /^\+\d{7,15}$/;
const EMAIL = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+\.[^\s@<>()[\]\\,;:".]+$/;

/** Longest e-mail address (RFC 5321, §4.5.3.1.3). */
export const MAX_EMAIL = 254;

/** Longest value of an identifier that is neither phone nor e-mail. */
export const MAX_IDENTIFIER = 255;

/**
 * A telephone number in E.164 form: blanks, dashes, dots and brackets are dropped. Null when what
 * is left is not `+` and 7 to 15 digits.
 */
export function normalisePhone(text: string): string | null {
  const compact = text.replaceAll(/[\s\-().[\]]/g, "");
  return PHONE.test(compact) ? compact : null;
}

/** An e-mail address in lower case; null when its form is not that of one. */
export function normaliseEmail(text: string): string | null {
  const trimmed = text.trim().toLowerCase();
  return trimmed.length <= MAX_EMAIL && EMAIL.test(trimmed) ? trimmed : null;
}

const REFERENCE_CODE = /^\d{16}$/;
const FIRST_CODE = 10n ** 15n;
const CODES = 8n * FIRST_CODE;

/** Whether the text is a reference code: 16 digits. */
export function isReferenceCode(text: string): boolean {
  return REFERENCE_CODE.test(text);
}

/**
 * A reference code from 64 random bits: no leading zero, and small enough that a till which takes
 * it for a number loses no digit.
 */
export function makeReferenceCode(random: bigint): string {
  return String(FIRST_CODE + (random % CODES));
}
