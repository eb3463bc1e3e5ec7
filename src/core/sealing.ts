import { fromBase64, toBase64Url } from "./digest.ts";

/** AES-256 keys by version, base64; `current` names the one that seals. */
export interface SealingKeys {
  readonly current: string;
  readonly keys: Readonly<Record<string, string>>;
}

/** Bytes of a nonce; it must never seal twice, so take it from a secure random source. */
export const NONCE_BYTES = 12;

/**
 * Encrypts a secret for storage with AES-256-GCM (NIST SP 800-38D): `version.nonce.ciphertext`,
 * base64url. `context` (the row's id) is authenticated with it, so that a sealed secret moved to
 * another row does not open.
 */
export async function seal(
  keys: SealingKeys,
  context: string,
  secret: string,
  nonce: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const key = await importKey(keys, keys.current);
  const encoder = new TextEncoder();
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: encoder.encode(context) },
    key,
    encoder.encode(secret),
  );
  return [keys.current, toBase64Url(nonce), toBase64Url(new Uint8Array(sealed))].join(".");
}

/** Decrypts what {@link seal} made. Throws when key version, context or bytes do not fit. */
export async function open(keys: SealingKeys, context: string, sealed: string): Promise<string> {
  const [version = "", nonce = "", ciphertext = ""] = sealed.split(".");
  const key = await importKey(keys, version);
  const algorithm = {
    name: "AES-GCM",
    iv: fromBase64(nonce),
    additionalData: new TextEncoder().encode(context),
  };
  const opened = await crypto.subtle.decrypt(algorithm, key, fromBase64(ciphertext));
  return new TextDecoder().decode(opened);
}

function importKey(keys: SealingKeys, version: string): Promise<CryptoKey> {
  const text = keys.keys[version];
  if (text === undefined) throw new Error(`no sealing key of version ${version}`);
  return crypto.subtle.importKey("raw", fromBase64(text), "AES-GCM", false, ["encrypt", "decrypt"]);
}
