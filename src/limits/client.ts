import type { BucketPolicy } from "../core/token-bucket.ts";
import { Memory } from "../memory.ts";

export type { BucketPolicy } from "../core/token-bucket.ts";

/** Whether a request may pass, with what its answer's headers say. */
export interface Verdict {
  readonly allowed: boolean;
  /** Requests per minute of the policy. */
  readonly limit: number;
  /** Requests that surely pass at once; never more than there are. */
  readonly remaining: number;
  /** When the next minute begins, milliseconds since the epoch. */
  readonly resetAt: number;
  /** Seconds to wait after a refusal; 0 when allowed. */
  readonly retryAfter: number;
}

/** What an isolate holds of one bucket. */
interface Held {
  tokens: number;
  reserved: number;
  until: number;
  /** After a refusal: not worth asking before. */
  deniedUntil: number;
  /** A lease under way; everybody who waits for tokens waits for this one. */
  pending: Promise<void> | null;
}

const MINUTE_MS = 60_000;
const MAX_BUCKETS = 5_000;
/** Leases that one request waits for; each serves some of those that wait before it. */
const MAX_WAITS = 50;
const MIN_WAIT_MS = 1_000;

let self: string | null = null;
/** Apart: whoever comes from many addresses pushes out what keys hold of none. */
const ofKeys = new Memory<Held>(MAX_BUCKETS);
const ofOthers = new Memory<Held>(MAX_BUCKETS);

/**
 * Takes one token of a bucket, from what the isolate holds if it can: only when that is spent does
 * it ask the bucket's object. `bucket` names it: a key's id, or a client address.
 */
export async function takeToken(
  env: Env,
  bucket: string,
  policy: BucketPolicy,
  now: number,
): Promise<Verdict> {
  return (await reserveToken(env, bucket, policy, now)).verdict;
}

/** A token that was taken and may turn out not to be needed. */
export interface Reservation {
  readonly verdict: Verdict;
  /** Gives the token back, unless what it was leased with is over. */
  release(): void;
}

/** Takes a token like {@link takeToken}, with a way to give it back. */
export async function reserveToken(
  env: Env,
  bucket: string,
  policy: BucketPolicy,
  now: number,
): Promise<Reservation> {
  const own = heldOf(bucket);
  for (let asked = 0; asked < MAX_WAITS; asked += 1) {
    // A slow upload comes here long after `now`: what lapsed meanwhile must not be spent.
    const clock = Math.max(now, Date.now());
    if (own.until > clock && own.tokens > 0) {
      own.tokens -= 1;
      const { until } = own;
      const release = (): void => {
        if (own.until === until) own.tokens += 1;
      };
      return { verdict: verdict(policy, clock, own.tokens + own.reserved, 0), release };
    }
    if (own.deniedUntil > clock) return refusal(policy, clock, own.deniedUntil - clock);
    own.pending ??= renew(env, bucket, policy, own).finally(() => {
      own.pending = null;
    });
    await own.pending;
  }
  return refusal(policy, now, MIN_WAIT_MS);
}

function refusal(policy: BucketPolicy, now: number, waitMs: number): Reservation {
  return { verdict: verdict(policy, now, 0, waitMs), release: () => {} };
}

/** The refusal that the isolate knows a bucket to give now; null when it knows of none. */
export function peekRefusal(bucket: string, policy: BucketPolicy, now: number): Verdict | null {
  const own = memoryOf(bucket).recall(bucket, now);
  if (own === undefined || own.deniedUntil <= now) return null;
  return verdict(policy, now, 0, own.deniedUntil - now);
}

/** What the headers of an answer that costs no token say; asks nobody. */
export function peekTokens(bucket: string, policy: BucketPolicy, now: number): Verdict {
  const own = memoryOf(bucket).recall(bucket, now);
  const known = own !== undefined && own.until > now ? own.tokens + own.reserved : 0;
  return verdict(policy, now, known, 0);
}

function memoryOf(bucket: string): Memory<Held> {
  return bucket.startsWith("key/") ? ofKeys : ofOthers;
}

function heldOf(bucket: string): Held {
  const held = memoryOf(bucket);
  const known = held.recall(bucket, 0);
  if (known !== undefined) return known;
  const fresh = { tokens: 0, reserved: 0, until: 0, deniedUntil: 0, pending: null };
  return held.remember(bucket, fresh);
}

async function renew(env: Env, bucket: string, policy: BucketPolicy, own: Held): Promise<void> {
  self ??= crypto.randomUUID();
  const lease = await env.LIMITS.getByName(bucket).lease(policy, self);
  const { tokens, reserved, until, retryAfterMs } = lease;
  own.tokens = tokens;
  own.reserved = reserved;
  own.until = until;
  own.deniedUntil = tokens === 0 ? Date.now() + retryAfterMs : 0;
}

/** What every verdict that lets a request pass says, whatever its policy. */
export function passing(now: number): Pick<Verdict, "allowed" | "resetAt" | "retryAfter"> {
  const resetAt = Math.floor(now / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  return { allowed: true, resetAt, retryAfter: 0 };
}

function verdict(policy: BucketPolicy, now: number, left: number, waitMs: number): Verdict {
  return {
    ...passing(now),
    allowed: waitMs === 0,
    limit: policy.perMinute,
    remaining: Math.min(policy.perMinute, left),
    retryAfter: Math.ceil(waitMs / 1000),
  };
}
