import type { BucketPolicy } from "../core/token-bucket.ts";
import { Memory } from "../memory.ts";

export type { BucketPolicy } from "../core/token-bucket.ts";

/** Whether a request may pass, with what its answer's headers say. */
export interface Verdict {
  readonly allowed: boolean;
  /** Requests per minute of the policy. */
  readonly limit: number;
  /**
   * Requests that surely pass at once; never more than there are, nor than this isolate has told
   * before in the same minute.
   */
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
  /** The fewest requests that were told to remain until `toldUntil`, when the minute ends. */
  told: number;
  toldUntil: number;
  /** Whether a request asks for a lease: all others wait for what it brings. */
  isAsking: boolean;
}

const MINUTE_MS = 60_000;
const MAX_BUCKETS = 5_000;
/** Leases that one request asks for: others may take what it brings. */
const MAX_LEASES = 50;
const MIN_WAIT_MS = 1_000;
/** How often a request looks whether the lease that another asks for is there, and how long. */
const POLL_MS = 5;
const MAX_POLLS = 200;

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
  const own = heldOf(bucket);
  let polls = 0;
  for (let asked = 0; asked < MAX_LEASES; ) {
    // A slow upload comes here long after `now`: what lapsed meanwhile must not be spent.
    const clock = Math.max(now, Date.now());
    if (own.until > clock && own.tokens > 0) {
      own.tokens -= 1;
      return verdict(policy, own, clock, own.tokens + own.reserved);
    }
    if (own.deniedUntil > clock) return verdict(policy, own, clock, 0, own.deniedUntil - clock);
    if (own.isAsking && polls < MAX_POLLS) {
      // No promise of another request's is awaited: if its client goes away, it is never settled.
      polls += 1;
      await scheduler.wait(POLL_MS);
      continue;
    }
    [asked, polls] = [asked + 1, 0];
    own.isAsking = true;
    try {
      await renew(env, bucket, policy, own);
    } finally {
      own.isAsking = false;
    }
  }
  return verdict(policy, own, now, 0, MIN_WAIT_MS);
}

/** The refusal that the isolate knows a bucket to give now; null when it knows of none. */
export function peekRefusal(bucket: string, policy: BucketPolicy, now: number): Verdict | null {
  const own = memoryOf(bucket).recall(bucket, now);
  if (own === undefined || own.deniedUntil <= now) return null;
  return verdict(policy, own, now, 0, own.deniedUntil - now);
}

/** What the headers of an answer that costs no token say; asks nobody. */
export function peekTokens(bucket: string, policy: BucketPolicy, now: number): Verdict {
  const own = memoryOf(bucket).recall(bucket, now) ?? nothingHeld();
  return verdict(policy, own, now, own.until > now ? own.tokens + own.reserved : 0);
}

function memoryOf(bucket: string): Memory<Held> {
  return bucket.startsWith("key/") ? ofKeys : ofOthers;
}

function heldOf(bucket: string): Held {
  const held = memoryOf(bucket);
  const known = held.recall(bucket, 0);
  if (known !== undefined) return known;
  return held.remember(bucket, nothingHeld());
}

function nothingHeld(): Held {
  const nothing = { tokens: 0, reserved: 0, until: 0, deniedUntil: 0 };
  return { ...nothing, told: 0, toldUntil: 0, isAsking: false };
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

function verdict(policy: BucketPolicy, own: Held, now: number, left: number, waitMs = 0): Verdict {
  const { resetAt } = passing(now);
  const most = own.toldUntil === resetAt ? own.told : policy.perMinute;
  own.told = Math.min(most, left);
  own.toldUntil = resetAt;
  return {
    ...passing(now),
    allowed: waitMs === 0,
    limit: policy.perMinute,
    remaining: own.told,
    retryAfter: Math.ceil(waitMs / 1000),
  };
}
