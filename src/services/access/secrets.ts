import { NONCE_BYTES, seal } from "../../core/sealing.ts";
import type { Settings } from "../context.ts";

/** Encrypts a secret for a row, with a fresh nonce; see {@link seal}. */
export function sealSecret(settings: Settings, row: string, secret: string): Promise<string> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  return seal(settings.masterKeys, row, secret, nonce);
}
