import { fromBase64 } from "../core/digest.ts";
import { decodeUtf8 } from "./wire/body.ts";

/** A person's name and password, as they were sent. */
export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;
/** Characters of a user name and of a password; staff is made with no longer ones. */
const MAX_PART = 255;

/**
 * Reads `Authorization: Basic …` (RFC 7617, UTF-8): the name ends at the first colon. Null for
 * whatever is none, and for what nobody's name or password can be.
 */
export function readBasic(header: string | undefined): BasicCredentials | null {
  const [, encoded] = BASIC.exec(header?.trim() ?? "") ?? [];
  const text = encoded === undefined ? null : decode(encoded);
  const colon = text?.indexOf(":") ?? -1;
  if (text === null || colon === -1) return null;
  const [username, password] = [text.slice(0, colon), text.slice(colon + 1)];
  if (username.length > MAX_PART || password.length > MAX_PART) return null;
  return { username, password };
}

function decode(encoded: string): string | null {
  try {
    return decodeUtf8(fromBase64(encoded));
  } catch {
    return null;
  }
}
