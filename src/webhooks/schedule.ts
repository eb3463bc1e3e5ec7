const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waits before each try, the first at once (Standard Webhooks' recommended schedule). */
export const WAITS_MS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** A wait varies by so much either way, so that many retries do not come at one moment. */
export const JITTER = 0.2;

/** The longest wait that a receiver may ask for. */
export const MAX_RETRY_AFTER_MS = 24 * HOUR;

/** An endpoint without one success for so long is disabled. */
export const DISABLE_AFTER_MS = 5 * 24 * HOUR;

/**
 * When the try after so many failures is due; null when there is none left. `random` is from 0 to
 * 1. What a receiver asks for with `Retry-After` (milliseconds) is respected within its limit.
 */
export function nextTryAt(
  failures: number,
  now: number,
  random: number,
  retryAfterMs: number | null,
): number | null {
  const wait = WAITS_MS[failures];
  if (wait === undefined) return null;
  const varied = wait * (1 - JITTER + 2 * JITTER * random);
  const asked = Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
  return Math.round(now + Math.max(varied, asked));
}

/** Milliseconds that a `Retry-After` header asks for (RFC 9110 §10.2.3); null without one. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * SECOND;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
