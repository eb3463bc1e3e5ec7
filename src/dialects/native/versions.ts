import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Received } from "../../http/calls.ts";

const ETAG = /^(?:W\/)?"v(\d{1,15})"$/;

/** The version that `If-Match` names; `if_match_required` without one. */
export function expectedVersion(header: string | undefined): Result<number, LoyaltyError> {
  if (header === undefined || header === "") return err({ code: "if_match_required" });
  const [, version] = ETAG.exec(header.trim()) ?? [];
  return version === undefined ? err({ code: "etag_mismatch" }) : ok(Number(version));
}

/** Names the state that an answer shows, for `If-Match`. */
export function setETag({ headers }: Received, version: number): void {
  headers.ETag = `"v${version}"`;
}
