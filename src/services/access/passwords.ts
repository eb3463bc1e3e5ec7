import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { fromBase64, toBase64Url } from "../../core/digest.ts";
import { PASSWORD_COST } from "../context.ts";

/** scrypt's r and p (RFC 7914); its N is {@link PASSWORD_COST}. */
const BLOCK = { r: 8, p: 1 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/**
 * Hashes a password slowly with a fresh salt: `scrypt$N$r$p$salt$hash`. PBKDF2 is capped at 100,000
 * iterations on Workers, so scrypt of `node:crypto` it is.
 */
export async function hashPassword(password: string, cost = PASSWORD_COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const { r, p } = BLOCK;
  const hash = await derive(password, salt, { N: cost, r, p });
  return ["scrypt", cost, r, p, toBase64Url(salt), toBase64Url(hash)].join("$");
}

/**
 * Whether a password is the one that was hashed; compares in constant time. Where nothing was
 * stored (null) it never is, and takes as long as one hashed at `cost`.
 */
export async function verifyPassword(
  password: string,
  stored: string | null,
  cost = PASSWORD_COST,
): Promise<boolean> {
  if (stored === null) {
    await derive(password, new Uint8Array(SALT_BYTES), { N: cost, ...BLOCK });
    return false;
  }
  const [scheme, n, r, p, salt = "", hash = ""] = stored.split("$");
  if (scheme !== "scrypt") throw new Error("unknown password scheme");
  const made = { N: Number(n), r: Number(r), p: Number(p) };
  const expected = fromBase64(hash);
  return timingSafeEqual(await derive(password, fromBase64(salt), made), expected);
}

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

function derive(password: string, salt: Uint8Array, cost: Cost): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, KEY_BYTES, cost, (error, key) => {
      if (error === null) resolve(new Uint8Array(key));
      else reject(error);
    });
  });
}
