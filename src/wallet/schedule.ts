import { SWEEP_AHEAD_MS } from "../events/client.ts";

/** The longest wait after failures to publish. */
const MAX_BACKOFF_MS = 60_000;

/** What a wallet has ahead of it. */
export interface Ahead {
  /** Alarms in a row that failed. */
  readonly failures: number;
  readonly publishDelayMs: number;
  /** When the next lot expires; null when none does. */
  readonly expiry: number | null;
  /** When to see that the registry has the customer's status; null when it does. */
  readonly status: number | null;
  /** Whether all that is booked is published. */
  readonly isPublished: boolean;
}

/**
 * When the alarm is due, in milliseconds since the epoch: for what is not published yet, for an
 * expiry that is near or for a status that the registry may not have, whichever is first; null for
 * nothing. After a failure it waits, also for what is overdue: an alarm that cannot do its work
 * must not spin.
 */
export function nextAlarm(
  now: number,
  { failures, publishDelayMs, expiry, status, isPublished }: Ahead,
): number | null {
  const backoff = Math.min(MAX_BACKOFF_MS, 2 ** failures * 500);
  const soonest = failures === 0 ? now : now + publishDelayMs + backoff;
  const due: number[] = [];
  if (expiry !== null && expiry <= now + SWEEP_AHEAD_MS) due.push(Math.max(expiry, soonest));
  if (status !== null) due.push(Math.max(status, soonest));
  if (!isPublished) due.push(Math.max(now + publishDelayMs, soonest));
  return due.length === 0 ? null : Math.min(...due);
}
