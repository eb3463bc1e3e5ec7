import type { LoyaltyError } from "../core/errors.ts";
import type { Result } from "../core/result.ts";
import { err, ok } from "../core/result.ts";
import type { Principal, Scope } from "../services/context.ts";

/** Whether the principal may do it; the admin may do everything. */
export function requireScope(principal: Principal, scope: Scope): Result<null, LoyaltyError> {
  const { scopes } = principal;
  if (scopes.includes(scope) || scopes.includes("admin")) return ok(null);
  return err({ code: "scope_missing", scope });
}
