import type { LoyaltyError } from "../core/errors.ts";
import type { Result } from "../core/result.ts";
import { err } from "../core/result.ts";
import type { BucketPolicy } from "../limits/client.ts";
import type { Context, Scope } from "../services/context.ts";
import { countAddress, countKey } from "./rate-limit.ts";
import type { Http } from "./request.ts";
import { requireScope } from "./scopes.ts";

/** An authenticated request; dialects add what theirs carries. */
export interface Authenticated {
  readonly ctx: Context;
  readonly key: { readonly id: string; readonly unlimited: boolean };
}

/**
 * Lets a request in: authentication, rate, scope, in this order. Who fails the first is counted by
 * address, who passes by key. A null scope asks for none.
 */
export async function admit<A extends Authenticated>(
  http: Http,
  policy: BucketPolicy,
  scope: Scope | null,
  authenticate: () => Promise<Result<A, LoyaltyError>>,
): Promise<Result<A, LoyaltyError>> {
  const authenticated = await authenticate();
  if (!authenticated.ok) {
    const counted = await countAddress(http, policy);
    return counted.ok ? authenticated : counted;
  }
  const { ctx, key } = authenticated.value;
  http.set("mode", ctx.principal.mode);
  const counted = await countKey(http, key, policy);
  if (!counted.ok) return counted;
  // An account whose group does not exist yet has nothing else to call.
  const early = ctx.principal.merchant.pending && scope !== "write:merchants";
  if (early) return err({ code: "key_unknown" });
  const allowed = scope === null ? null : requireScope(ctx.principal, scope);
  return allowed === null || allowed.ok ? authenticated : allowed;
}
