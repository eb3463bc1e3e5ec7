import type { LoyaltyError } from "../../core/errors.ts";
import { invalid } from "../../core/errors.ts";
import type { Mode } from "../../core/mode.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { findKeyById } from "../../registry/access/keys.ts";
import type { Context } from "../context.ts";

/** How far whoever makes or changes keys and staff may go: nobody gives more than they have. */
export interface Reach {
  /** Null is every scope. */
  readonly scopes: readonly string[] | null;
  /** The one site that it is bound to; null: it is bound to none. */
  readonly siteId: string | null;
  readonly mode: Mode;
  readonly expiresAt: number | null;
  /** Whether it is the deployment's admin. */
  readonly admin: boolean;
}

/** What is to be given, or is held by whom a change would give it to. */
export interface Grant {
  readonly scopes: readonly string[];
  /** Site that a key is bound to, or sites of a person; null: every site. */
  readonly siteIds: readonly string[] | null;
  readonly mode: Mode;
  readonly unlimited: boolean;
}

/**
 * The caller's reach, as its key is now and not as the isolate remembers it: one that was revoked
 * meanwhile (`key_unknown`) must not leave another behind.
 */
export async function reachOf({ db, principal }: Context): Promise<Result<Reach, LoyaltyError>> {
  const { keyId, merchant, mode, scopes } = principal;
  if (keyId === null) {
    const admin = scopes.includes("admin");
    return ok({ scopes: admin ? null : scopes, siteId: null, mode, expiresAt: null, admin });
  }
  const record = await findKeyById(db, merchant.id, keyId);
  if (record === undefined || record.key.revokedAt !== null) return err({ code: "key_unknown" });
  const { siteId, expiresAt } = record.key;
  return ok({ scopes, siteId, mode, expiresAt, admin: false });
}

/**
 * `scope_missing`, `mode_mismatch` or `site_not_allowed` for a grant beyond a reach. Only the admin
 * gives what no limit holds for.
 */
export function checkReach(reach: Reach, grant: Grant): Result<null, LoyaltyError> {
  const { scopes, siteId } = reach;
  const beyond = scopes === null ? undefined : grant.scopes.find((one) => !scopes.includes(one));
  if (beyond !== undefined) return err({ code: "scope_missing", scope: beyond });
  if (grant.unlimited && !reach.admin) return err({ code: "scope_missing", scope: "admin" });
  if (reach.mode === "test" && grant.mode === "live") return err({ code: "mode_mismatch" });
  const within = siteId === null || grant.siteIds?.every((one) => one === siteId) === true;
  return within ? ok(null) : err({ code: "site_not_allowed" });
}

/** When what is made ends: no later than its maker, and with it if nothing else is said. */
export function endWithin(
  { expiresAt: own }: Reach,
  wanted: number | null,
): Result<number | null, LoyaltyError> {
  if (own === null || wanted === null) return ok(wanted ?? own);
  if (wanted <= own) return ok(wanted);
  return invalid("/expires_at", "too_large", "must not be after the end of the key that makes it");
}
