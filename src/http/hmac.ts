import { Memory } from "../memory.ts";

const HEX_SHA256 = /^[0-9a-f]{64}$/i;

/**
 * Whether `signature` (64 hex digits, either case) is the HMAC-SHA256 (RFC 2104) of any of the
 * messages. Each is checked in constant time, in their order until one matches: which form a
 * client signs is no secret.
 */
export async function verifyHmac(
  secret: string,
  messages: readonly Uint8Array[],
  signature: string,
): Promise<boolean> {
  if (!HEX_SHA256.test(signature)) return false;
  const bytes = Uint8Array.from(signature.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const key = await keyOf(secret);
  for (const message of messages) {
    if (await crypto.subtle.verify("HMAC", key, bytes, message)) return true;
  }
  return false;
}

const HMAC_SHA256 = { name: "HMAC", hash: "SHA-256" };
const MAX_CACHED = 1_000;
const keys = new Memory<CryptoKey>(MAX_CACHED);

/** Importing a key costs more than using it. */
async function keyOf(secret: string): Promise<CryptoKey> {
  const known = keys.recall(secret, 0);
  if (known !== undefined) return known;
  const raw = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey("raw", raw, HMAC_SHA256, false, ["verify"]);
  return keys.remember(secret, key);
}

/** Text and bytes behind one another. */
export function concatBytes(text: string, bytes: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(text);
  const whole = new Uint8Array(head.length + bytes.length);
  whole.set(head);
  whole.set(bytes, head.length);
  return whole;
}
