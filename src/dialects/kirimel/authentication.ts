import type { LoyaltyError, LoyaltyErrorCode } from "../../core/errors.ts";
import type { Guard } from "../../core/ledger/commands.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Admitted } from "../../http/admission.ts";
import { contextOf } from "../../http/dialect.ts";
import { concatBytes, verifyHmac } from "../../http/hmac.ts";
import { routingPath } from "../../http/path.ts";
import { visitOf } from "../../http/rate-limit.ts";
import type { Http } from "../../http/request.ts";
import { readBody } from "../../http/wire/body.ts";
import type { Credential } from "../../services/access/credentials.ts";
import { findCredential } from "../../services/access/credentials.ts";
import { noteKeyUse } from "../../services/access/key-uses.ts";
import type { Context } from "../../services/context.ts";
import { settingsOf } from "../../services/context.ts";

/** Name of the dialect: of its keys, and as the source of what is booked. */
export const NAME = "kirimel";

/** What a signature may be refused with at any call. */
export const OWN_ERRORS = [
  "signature_invalid",
  "clock_skew",
  "signature_reused",
] as const satisfies readonly LoyaltyErrorCode[];

/** What a call says of its signature. */
export interface Access {
  /**
   * `read` may repeat freely. `write` binds its signature where it is booked or kept. `claim` is a
   * write that a wallet books though the signed bytes do not name it, so that the signature is
   * bound in D1 as well. `preview` changes nothing, but its signed bytes would be good for a
   * write, so that they are bound in the wallet that they name.
   */
  readonly access: "read" | "write" | "claim" | "preview";
}

/** Bytes of a request body; the largest documented one has some hundred. */
const MAX_BODY_BYTES = 65_536;
/** How long a signature stays bound at least, also where the clock window is off. */
const MIN_BINDING_MS = 600_000;
/** The byte between timestamp and body in the SDKs' signing string. */
const DOT = 0x2e;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|\+00:00)$/;

/** An authenticated request with the very bytes that were signed. */
export interface Signed extends Admitted<Context> {
  readonly body: Uint8Array;
}

/**
 * KiriMel's authentication: key, timestamp and signature of the timestamp and the raw body, with
 * or without a dot between (its documentation and its SDKs differ). A write is bound to the
 * method and path it was first used with, because the signature covers neither.
 */
export async function authenticate(
  http: Http,
  call: Access | null,
): Promise<Result<Signed, LoyaltyError>> {
  const credential = await findKey(http);
  if (!credential.ok) return credential;
  const body = await readBody(http.req.raw, MAX_BODY_BYTES);
  if (!body.ok) return body;
  const signature = await verifySignature(http, credential.value, body.value);
  if (!signature.ok) return signature;
  const { principal, keyId, unlimited } = credential.value;
  const reads = call === null || call.access === "read";
  const guard = reads ? null : guardOf(http, keyId, signature.value);
  const caller = contextOf(http, NAME, principal, guard);
  noteKeyUse(caller);
  return ok({ caller, principal, key: { id: keyId, unlimited }, body: body.value });
}

async function findKey(http: Http): Promise<Result<Credential, LoyaltyError>> {
  const names = ["x-api-key", "x-client-key"].map((name) => http.req.header(name) ?? "");
  const [text, ...others] = names.filter((name) => name !== "");
  if (text === undefined) return err({ code: "key_missing" });
  if (others.some((other) => other !== text)) return err({ code: "key_unknown" });
  return findCredential(visitOf(http), NAME, text);
}

/** Answers the signature in its canonical form: lower-case hex. */
async function verifySignature(
  http: Http,
  credential: Credential,
  body: Uint8Array,
): Promise<Result<string, LoyaltyError>> {
  const timestamp = http.req.header("x-timestamp") ?? "";
  const header = http.req.header("x-signature") ?? "";
  if (timestamp === "" || header === "") {
    return err({ code: "signature_invalid", reason: "missing" });
  }
  const signedAt = TIMESTAMP.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(signedAt)) return err({ code: "signature_invalid", reason: "malformed" });
  const now = http.get("now");
  const window = settingsOf(http.env).kirimelWindowMs;
  if (window > 0 && Math.abs(now - signedAt) > window) {
    return err({ code: "clock_skew", serverTime: now });
  }
  const signature = header
    .trim()
    .replace(/^sha256=/i, "")
    .toLowerCase();
  const dotted = concatBytes(`${timestamp}.`, body);
  // A body that begins with the dot would make one signature good for two bodies.
  const messages = body[0] === DOT ? [dotted] : [concatBytes(timestamp, body), dotted];
  const matches =
    credential.secret !== null && (await verifyHmac(credential.secret, messages, signature));
  return matches ? ok(signature) : err({ code: "signature_invalid", reason: "mismatch" });
}

function guardOf(http: Http, keyId: string, signature: string): Guard {
  const window = settingsOf(http.env).kirimelWindowMs;
  return {
    kind: "signature",
    key: `signature/${keyId}/${signature}`,
    fingerprint: `${http.req.method} ${routingPath(http.req.raw)}`,
    // A timestamp as far ahead as may be is still good at the very end of twice the window.
    keepMs: Math.max(2 * window, MIN_BINDING_MS) + 1,
  };
}
