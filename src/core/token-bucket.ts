/** How many requests a bucket lets through. */
export interface BucketPolicy {
  /** Tokens that a full bucket holds: the largest burst. */
  readonly capacity: number;
  /** Tokens that flow in per minute: the steady rate, and what `X-RateLimit-Limit` says. */
  readonly perMinute: number;
}

/** Tokens that belong to a holder until they lapse. */
export interface Share {
  readonly holder: string;
  readonly tokens: number;
  readonly until: number;
}

/** A bucket's state. Plain, so that it can be stored. */
export interface Bucket {
  /** Tokens that are nobody's, fractions included. */
  readonly free: number;
  readonly at: number;
  /** Tokens that were handed out and may be spent until they lapse. */
  readonly outstanding: readonly Share[];
  /** Tokens kept back for a holder, so that what it was told stays true until they lapse. */
  readonly reserves: readonly Share[];
}

/** What a holder gets. */
export interface Lease {
  /** Tokens to spend before `until`; 0 is a refusal. */
  readonly tokens: number;
  /** Further tokens that are kept for this holder until then. */
  readonly reserved: number;
  readonly until: number;
  /** After a refusal: milliseconds until a token is there. */
  readonly retryAfterMs: number;
}

/** Most tokens of one lease: a warm isolate asks for one request in so many. */
export const LEASE_TOKENS = 20;
/** How long a lease can be spent. Short, so that idle isolates keep nothing from the others. */
export const LEASE_MS = 10_000;

const MINUTE_MS = 60_000;

/** A bucket that was never used: full. */
export function fullBucket(policy: BucketPolicy, now: number): Bucket {
  return { free: policy.capacity, at: now, outstanding: [], reserves: [] };
}

/**
 * Leases tokens to a holder, which gives up what it still has of its last lease. Tokens that are
 * out count against the capacity until they lapse or their holder asks again, so whatever the
 * number of holders, in any time t at most `capacity` + `perMinute` × t requests pass. At most half
 * of what is there is kept back for one holder, so that the next finds some.
 */
export function lease(
  bucket: Bucket,
  policy: BucketPolicy,
  holder: string,
  clock: number,
): { readonly bucket: Bucket; readonly lease: Lease } {
  const now = Math.max(clock, bucket.at);
  const { outstanding, ...rest } = settle(bucket, policy, now);
  const settled = { ...rest, outstanding: outstanding.filter((share) => share.holder !== holder) };
  const own = settled.reserves.find((reserve) => reserve.holder === holder)?.tokens ?? 0;
  const others = settled.reserves.filter((reserve) => reserve.holder !== holder);
  const pool = Math.floor(settled.free);
  const tokens = Math.min(LEASE_TOKENS, own + Math.ceil(pool / 2));
  if (tokens === 0) {
    // All but a fraction that no float holds may be there already: the next moment it is.
    const retryAfterMs = Math.max(1, Math.ceil(nextTokenAt(settled, policy) - now));
    return { bucket: settled, lease: { tokens, reserved: 0, until: now, retryAfterMs } };
  }
  const ownLeft = Math.max(0, own - tokens);
  const poolLeft = pool - Math.max(0, tokens - own);
  const reserved = Math.max(ownLeft, Math.floor((ownLeft + poolLeft) / 2));
  const until = now + LEASE_MS;
  return {
    bucket: {
      free: settled.free + own - tokens - reserved,
      at: now,
      outstanding: [...settled.outstanding, { holder, tokens, until }],
      reserves: [...others, { holder, tokens: reserved, until }],
    },
    lease: { tokens, reserved, until, retryAfterMs: 0 },
  };
}

/**
 * Lets time pass, lapse by lapse: tokens flow in only where there is room beside those that are
 * out, or a lease spent at its last moment and a bucket refilled meanwhile would make two bursts.
 */
function settle(bucket: Bucket, policy: BucketPolicy, now: number): Bucket {
  let { free, at, outstanding, reserves } = bucket;
  for (const moment of [...lapsesOf(bucket).filter((until) => until <= now), now]) {
    const out = total(outstanding) + total(reserves);
    const inflow = (Math.max(0, moment - at) * policy.perMinute) / MINUTE_MS;
    free = Math.min(free + inflow, Math.max(free, policy.capacity - out));
    at = Math.max(at, moment);
    free += total(reserves.filter(({ until }) => until <= moment));
    outstanding = outstanding.filter(({ until }) => until > moment);
    reserves = reserves.filter(({ until }) => until > moment);
  }
  return { free, at, outstanding, reserves };
}

/** When an empty bucket has a token again if nobody asks meanwhile. */
function nextTokenAt(empty: Bucket, policy: BucketPolicy): number {
  let bucket = empty;
  for (const lapse of lapsesOf(empty)) {
    const hasRoom = total(bucket.outstanding) + total(bucket.reserves) < policy.capacity;
    const filled = fillsAt(bucket, policy);
    if (hasRoom && filled <= lapse) return filled;
    bucket = settle(bucket, policy, lapse);
    if (bucket.free >= 1) return lapse;
  }
  return fillsAt(bucket, policy);
}

function fillsAt(bucket: Bucket, policy: BucketPolicy): number {
  return bucket.at + ((1 - bucket.free) * MINUTE_MS) / policy.perMinute;
}

/** The moments at which something lapses, in their order. */
function lapsesOf({ outstanding, reserves }: Bucket): number[] {
  const lapses = [...outstanding, ...reserves].map(({ until }) => until);
  return [...new Set(lapses)].sort((a, b) => a - b);
}

function total(parts: readonly { readonly tokens: number }[]): number {
  return parts.reduce((sum, part) => sum + part.tokens, 0);
}
