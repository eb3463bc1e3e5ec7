import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { fromBase64, toBase64Url } from "../../core/digest.ts";

/** scrypt N=2^14, r=8, p=1 (RFC 7914): 16 MiB and some 50 ms, inside the limits of Workers. */
const COST = { N: 16_384, r: 8, p: 1 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/**
 * Hashes a password slowly with a fresh salt: `scrypt$N$r$p$salt$hash`. PBKDF2 is capped at 100,000
 * iterations on Workers, so scrypt of `node:crypto` it is.
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, COST);
  const { N, r, p } = COST;
  return ["scrypt", N, r, p, toBase64Url(salt), toBase64Url(hash)].join("$");
}

/**
 * Whether a password is the one that was hashed; compares in constant time. Where nothing was
 * stored (null) it never is, and takes as long.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  if (stored === null) {
    await derive(password, new Uint8Array(SALT_BYTES), COST);
    return false;
  }
  const [scheme, n, r, p, salt = "", hash = ""] = stored.split("$");
  if (scheme !== "scrypt") throw new Error("unknown password scheme");
  const cost = { N: Number(n), r: Number(r), p: Number(p) };
  const expected = fromBase64(hash);
  return timingSafeEqual(await derive(password, fromBase64(salt), cost), expected);
}

function derive(password: string, salt: Uint8Array, cost: typeof COST): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, KEY_BYTES, cost, (error, key) => {
      if (error === null) resolve(new Uint8Array(key));
      else reject(error);
    });
  });
}
