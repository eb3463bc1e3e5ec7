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
