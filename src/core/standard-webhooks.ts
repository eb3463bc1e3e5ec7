import { fromBase64 } from "./digest.ts";

const PREFIX = "whsec_";

/**
 * The headers of a signed message (Standard Webhooks 1.0): HMAC-SHA256 of `id.timestamp.body`, with
 * every secret that is good, so that a receiver verifies with either while a rotation lasts. `now`
 * is milliseconds since the epoch.
 */
export async function signatureHeaders(
  secrets: readonly string[],
  id: string,
  now: number,
  body: string,
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1000));
  const message = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const signatures = await Promise.all(secrets.map((secret) => sign(secret, message)));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.map((signature) => `v1,${signature}`).join(" "),
  };
}

async function sign(secret: string, message: Uint8Array): Promise<string> {
  const raw = fromBase64(secret.slice(PREFIX.length));
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", raw, algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, message);
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}
