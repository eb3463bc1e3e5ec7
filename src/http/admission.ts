import type { LoyaltyError } from "../core/errors.ts";
import type { Result } from "../core/result.ts";
import { err } from "../core/result.ts";
import type { BucketPolicy } from "../limits/client.ts";
import type { Principal, Scope } from "../services/context.ts";
import { countAddress, countKey } from "./rate-limit.ts";
import type { Http } from "./request.ts";
import { requireScope } from "./scopes.ts";

/** What authentication found out; dialects add what theirs carries. */
export interface Admitted<Caller> {
  /** What acts get: the context, in most dialects. */
  readonly caller: Caller;
  /** Whose scopes count; null: has none, and calls only what asks for none. */
  readonly principal: Principal | null;
  /** What requests are counted by; null: by nothing. */
  readonly key: { readonly id: string; readonly unlimited: boolean } | null;
}

/** What of a dialect lets requests in. */
interface Door<A, Own> {
  readonly policy: BucketPolicy | null;
  readonly failures?: BucketPolicy;
  readonly admitsPending?: boolean;
  authenticate(http: Http, call: Own | null): Promise<Result<A, LoyaltyError>>;
  place?(http: Http, admitted: A, call: Own | null): Promise<Result<A, LoyaltyError>>;
}

/**
 * Lets a request in: authentication, rate, place, scope, in this order. Who fails the first is
 * counted by address, who passes by key. A null scope asks for none.
 */
export async function admit<A extends Admitted<unknown>, Own>(
  http: Http,
  door: Door<A, Own>,
  scope: Scope | null,
  call: Own | null,
): Promise<Result<A, LoyaltyError>> {
  const { policy, failures = policy } = door;
  http.set("strangers", failures);
  const authenticated = await door.authenticate(http, call);
  if (!authenticated.ok) {
    if (failures === null) return authenticated;
    const counted = await countAddress(http, failures);
    return counted.ok ? authenticated : counted;
  }
  const { principal, key } = authenticated.value;
  if (principal !== null) http.set("mode", principal.mode);
  if (policy !== null && key !== null) {
    const counted = await countKey(http, key, policy);
    if (!counted.ok) return counted;
  }
  // An account whose group does not exist yet has nothing else to call.
  const early = principal?.merchant.pending === true && scope !== "write:merchants";
  if (early && door.admitsPending !== true) return err({ code: "key_unknown" });
  const placed =
    door.place === undefined ? authenticated : await door.place(http, authenticated.value, call);
  if (!placed.ok || scope === null) return placed;
  if (principal === null) return err({ code: "scope_missing", scope });
  const allowed = requireScope(principal, scope);
  return allowed.ok ? placed : allowed;
}
