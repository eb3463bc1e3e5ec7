import { fromBase64, hex } from "../core/digest.ts";
import type { MasterKeys } from "../env.ts";

const HASH = "SHA-256";

/**
 * HMAC-SHA256 of a text under a key derived (HKDF, RFC 5869) from the current master key for one
 * purpose, lower-case hex. Who reads the database without the master keys cannot try out what was
 * hashed, however few possibilities there are.
 */
export async function keyedHash(keys: MasterKeys, purpose: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const master = fromBase64(keys.keys[keys.current] ?? "");
  const source = await crypto.subtle.importKey("raw", master, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: HASH, salt: new Uint8Array(0), info: encoder.encode(purpose) },
    source,
    { name: "HMAC", hash: HASH, length: 256 },
    false,
    ["sign"],
  );
  return hex(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
}
