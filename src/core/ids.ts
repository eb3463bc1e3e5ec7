/** Prefixes of the public ids; what follows `_` is a ULID (Crockford base 32, 26 characters). */
export type IdPrefix =
  | "mer"
  | "sit"
  | "stf"
  | "key"
  | "prg"
  | "cus"
  | "cty"
  | "bil"
  | "inv"
  | "ent"
  | "vse"
  | "vou"
  | "mpr"
  | "mem"
  | "evt"
  | "msg"
  | "whe"
  | "req";

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ULID_LENGTH = 26;
const TAIL = 8;
const TAIL_RANGE = 32 ** TAIL;

/** Joins a prefix and a ULID to an id: `cus_01J…`. */
export function makeId<P extends IdPrefix>(prefix: P, ulid: string): `${P}_${string}` {
  return `${prefix}_${ulid}`;
}

/** The ULID of an id with that prefix, or null when the text is no such id. */
export function ulidOf(prefix: IdPrefix, id: string): string | null {
  if (!id.startsWith(`${prefix}_`)) return null;
  const ulid = id.slice(prefix.length + 1);
  return ULID.test(ulid) ? ulid : null;
}

/** Whether the text is a ULID in its canonical upper-case form. */
export function isUlid(text: string): boolean {
  return ULID.test(text);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_GROUPS = [
  [0, 8],
  [8, 12],
  [12, 16],
  [16, 20],
  [20, 32],
];
const UUID_DIGITS = 32;

/** The 128 bits of a ULID as lower-case UUID text: the same id for those who speak UUIDs. */
export function ulidToUuid(ulid: string): string {
  let bits = 0n;
  for (const character of ulid) bits = bits * 32n + BigInt(ALPHABET.indexOf(character));
  const digits = bits.toString(16).padStart(UUID_DIGITS, "0");
  return UUID_GROUPS.map(([from, to]) => digits.slice(from, to)).join("-");
}

/** The ULID with the bits of a UUID text, in either case; null when the text is none. */
export function uuidToUlid(text: string): string | null {
  const lower = text.toLowerCase();
  if (!UUID.test(lower)) return null;
  let rest = BigInt(`0x${lower.replaceAll("-", "")}`);
  let ulid = "";
  for (let i = 0; i < ULID_LENGTH; i += 1) {
    ulid = ALPHABET.charAt(Number(rest % 32n)) + ulid;
    rest /= 32n;
  }
  return ulid;
}

/**
 * The n-th ULID after `ulid`, counted in its last eight characters (40 of the 80 random bits). One
 * command names all its entries from its own ULID, so that a pure decision needs no random source.
 */
export function followingUlid(ulid: string, n: number): string {
  let tail = 0;
  for (const character of ulid.slice(-TAIL)) tail = tail * 32 + ALPHABET.indexOf(character);
  let rest = (tail + n) % TAIL_RANGE;
  let text = "";
  for (let i = 0; i < TAIL; i += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return ulid.slice(0, -TAIL) + text;
}
