import { networkOf } from "../core/address.ts";
import type { LoyaltyError } from "../core/errors.ts";
import type { Result } from "../core/result.ts";
import { err, ok } from "../core/result.ts";
import type { BucketPolicy, Verdict } from "../limits/client.ts";
import { passing, peekRefusal, peekTokens, takeToken } from "../limits/client.ts";
import type { Visit } from "../services/context.ts";
import type { Http } from "./request.ts";

export type { BucketPolicy } from "../limits/client.ts";

/** What a key that is not limited shows in its headers: more than anybody sends. */
const UNLIMITED = 1_000_000;

/** Counts a request of an authenticated key. Unlimited keys ask nobody. */
export async function countKey(
  http: Http,
  key: { readonly id: string; readonly unlimited: boolean },
  policy: BucketPolicy,
): Promise<Result<null, LoyaltyError>> {
  if (!key.unlimited) return count(http, `key/${key.id}`, policy);
  const unlimited = { limit: UNLIMITED, remaining: UNLIMITED };
  http.set("verdict", { ...passing(http.get("now")), ...unlimited });
  return ok(null);
}

/** Counts a request that did not authenticate against the address that it came from. */
export async function countAddress(
  http: Http,
  policy: BucketPolicy,
): Promise<Result<null, LoyaltyError>> {
  return count(http, addressBucket(http, policy), policy);
}

/** Counts a request against a bucket of a dialect's own; its name holds no personal data. */
export async function countBucket(
  http: Http,
  bucket: string,
  policy: BucketPolicy,
): Promise<Result<null, LoyaltyError>> {
  return count(http, bucket, policy);
}

/**
 * The request as look-ups of credentials know it. One whose key this isolate knows costs nothing;
 * an address that is known to have failed too often is refused before storage is asked.
 */
export function visitOf(http: Http): Visit {
  const beforeLookUp = async (): Promise<Result<null, LoyaltyError>> => refuseExhausted(http);
  return { env: http.env, now: http.get("now"), beforeLookUp };
}

/**
 * Refuses an address that this isolate knows to have failed too often, before a secret is compared
 * that costs no look-up. Asks nobody.
 */
export function refuseExhausted(http: Http): Result<null, LoyaltyError> {
  const policy = http.get("strangers") ?? null;
  if (policy === null) return ok(null);
  const refused = peekRefusal(addressBucket(http, policy), policy, http.get("now"));
  return refused === null ? ok(null) : judge(http, refused);
}

async function count(
  http: Http,
  bucket: string,
  policy: BucketPolicy,
): Promise<Result<null, LoyaltyError>> {
  return judge(http, await takeToken(http.env, bucket, policy, http.get("now")));
}

function judge(http: Http, verdict: Verdict): Result<null, LoyaltyError> {
  http.set("verdict", verdict);
  const { allowed, retryAfter } = verdict;
  return allowed ? ok(null) : err({ code: "rate_limited", retryAfter });
}

/** Sets the three headers that every answer of a limited dialect carries. */
export function setRateLimitHeaders(
  http: Http,
  policy: BucketPolicy,
  { headers }: Response = http.res,
): void {
  const counted: Verdict | undefined = http.get("verdict");
  const verdict = counted ?? peekTokens(addressBucket(http, policy), policy, http.get("now"));
  headers.set("X-RateLimit-Limit", String(verdict.limit));
  headers.set("X-RateLimit-Remaining", String(verdict.remaining));
  headers.set("X-RateLimit-Reset", String(Math.floor(verdict.resetAt / 1000)));
}

/**
 * The bucket of a client address, of IPv6 of its network. Dialects with other rates have buckets
 * of their own. Cloudflare
 * names the client; a local runtime has only one.
 */
function addressBucket(http: Http, policy: BucketPolicy): string {
  const address = http.req.header("cf-connecting-ip") ?? "local";
  return `address/${policy.capacity}-${policy.perMinute}/${networkOf(address)}`;
}
