import type { Mode } from "../../core/mode.ts";

/** Digits and upper-case letters. */
export const BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

const BASE62 = `${BASE36}abcdefghijklmnopqrstuvwxyz`;
const BODY_LENGTH = 32;
const CHECK_LENGTH = 6;
const CRC32_POLYNOMIAL = 0xedb88320;

/** What the keys of a dialect look like, and what of them is kept. */
export interface KeyForm {
  /** Whether requests are signed with a secret beside the key. */
  readonly signed: boolean;
  /**
   * Whether persons may ask for their key again: its text is kept, sealed, where other dialects'
   * keys have their secret.
   */
  readonly shown: boolean;
  make(mode: Mode): string;
  /** Whether a text that is brought along may be a key of that mode. */
  fits(text: string, mode: Mode): boolean;
}

/** So many characters of an alphabet from a secure random source, each equally likely. */
export function randomText(length: number, alphabet = BASE62): string {
  const limit = 256 - (256 % alphabet.length);
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < limit && text.length < length) text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text;
}

/**
 * A key text of our own: `gd_live_` or `gd_test_`, 32 random characters and their checksum, so that
 * a scanner can tell a leaked key from noise without asking.
 */
export function makeKeyText(mode: Mode): string {
  const body = `gd_${mode}_${randomText(BODY_LENGTH)}`;
  return body + checksum(body);
}

/** Keys whose vendor prescribes nothing: texts of our own, and any text that is brought along. */
export const OWN_FORM: KeyForm = {
  signed: false,
  shown: false,
  make: makeKeyText,
  fits: () => true,
};

function checksum(text: string): string {
  let rest = crc32(new TextEncoder().encode(text));
  let digits = "";
  for (let i = 0; i < CHECK_LENGTH; i += 1) {
    digits = BASE62.charAt(rest % BASE62.length) + digits;
    rest = Math.floor(rest / BASE62.length);
  }
  return digits;
}

/** CRC-32 (ISO-HDLC, as in zip and PNG). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = crc & 1 ? (crc >>> 1) ^ CRC32_POLYNOMIAL : crc >>> 1;
    }
  }
  return (crc ^ 0xffffffff) >>> 0;
}
