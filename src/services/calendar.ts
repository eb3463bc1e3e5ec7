import { Temporal } from "temporal-polyfill";
import { NEVER } from "../core/ledger/entries.ts";
import type { Expiry } from "../core/program/program.ts";
import { Memory } from "../memory.ts";
import type { Context } from "./context.ts";

const MAX_CACHED = 1_000;

/** Moments by zone and day, which no time makes untrue. */
const moments = new Memory<number>(MAX_CACHED);

/** The day last asked for in each zone: every earn of a day asks for the same one. */
const recentDays = new Memory<{ readonly day: string; readonly from: number }>(MAX_CACHED);

/**
 * When points that were earned at `earnedAt` expire: the first moment after the last business day
 * on which they are good, in milliseconds since the epoch; {@link NEVER} if they do not. Days are
 * counted on the calendar of the zone, so daylight saving moves nothing.
 */
export function expiryOf(expiry: Expiry, earnedAt: number, timeZone: string): number {
  if (expiry.kind === "never") return NEVER;
  if (expiry.kind === "date") return endOfDay(expiry.date, timeZone);
  const day = dayOf(earnedAt, timeZone);
  const key = `${timeZone} ${day} ${expiry.days}`;
  const known = moments.recall(key, earnedAt);
  if (known !== undefined) return known;
  const last = Temporal.PlainDate.from(day).add({ days: expiry.days });
  return moments.remember(key, endOfDay(last.toString(), timeZone));
}

/** The first moment after a business day (`YYYY-MM-DD`) in the zone. */
export function endOfDay(date: string, timeZone: string): number {
  const key = `${timeZone} ${date}`;
  const known = moments.recall(key, 0);
  if (known !== undefined) return known;
  const next = Temporal.PlainDate.from(date).add({ days: 1 });
  // Moment 0 and before name other things than a day's end; such a day is over in any case.
  return moments.remember(key, Math.max(1, next.toZonedDateTime(timeZone).epochMilliseconds));
}

/** The same day (`YYYY-MM-DD`) so many years later; after 29 February 28 February, if need be. */
export function addYears(day: string, years: number): string {
  return Temporal.PlainDate.from(day).add({ years }).toString();
}

/** The business day (`YYYY-MM-DD`) of a moment in the zone. */
export function dayOf(moment: number, timeZone: string): string {
  const recent = recentDays.recall(timeZone, moment);
  if (recent !== undefined && recent.from <= moment) return recent.day;
  const day = calculateDay(moment, timeZone);
  const before = Temporal.PlainDate.from(day).subtract({ days: 1 }).toString();
  const from = endOfDay(before, timeZone);
  recentDays.remember(timeZone, { day, from }, endOfDay(day, timeZone));
  return day;
}

function calculateDay(moment: number, timeZone: string): string {
  const instant = Temporal.Instant.fromEpochMilliseconds(moment);
  return instant.toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/**
 * The merchant's business day (`YYYY-MM-DD`) of what happened at a moment, and of now where none is
 * told; nothing happens on a day that is to come.
 */
export function businessDayOf(
  { now, principal }: Pick<Context, "now" | "principal">,
  occurredAt: number | null,
): string {
  return dayOf(Math.min(occurredAt ?? now, now), principal.merchant.timeZone);
}

/** What a clock in the zone shows at a moment, to the second: `YYYY-MM-DDTHH:MM:SS`. */
export function localTimeOf(moment: number, timeZone: string): string {
  const instant = Temporal.Instant.fromEpochMilliseconds(moment);
  const local = instant.toZonedDateTimeISO(timeZone).toPlainDateTime();
  return local.toString({ smallestUnit: "second" });
}

/**
 * The moment at which a clock in the zone shows a time (`YYYY-MM-DDTHH:MM:SS`); null for a time of
 * no calendar. Of a time that comes twice the first is meant; one that the clocks skip is as much
 * later as they were put forward.
 */
export function momentOf(localTime: string, timeZone: string): number | null {
  try {
    const local = Temporal.PlainDateTime.from(localTime);
    return local.toZonedDateTime(timeZone, { disambiguation: "compatible" }).epochMilliseconds;
  } catch {
    return null;
  }
}

/** The day (`YYYY-MM-DD`) so many days after another. */
export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** The last business day on which a lot with that expiry is good; null if it never expires. */
export function lastDayOf(expiresAt: number, timeZone: string): string | null {
  return expiresAt === NEVER ? null : dayOf(expiresAt - 1, timeZone);
}

/** Whether the text names a time zone of the IANA database. */
export function isTimeZone(text: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
    return /^[A-Za-z]/.test(text);
  } catch {
    return false;
  }
}
