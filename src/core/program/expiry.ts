import { isDate } from "../dates.ts";
import type { Expiry } from "./program.ts";

/** How long something lives, as it stands on the wire: for ever when it says nothing. */
export interface ExpiryDefinition {
  readonly days?: number | undefined;
  readonly date?: string | undefined;
}

/** Longest life of points in days: a hundred years. */
export const MAX_EXPIRY_DAYS = 36_525;

/** Where the definition of a programme says a fault of it: at a JSON pointer into it. */
export type ReportFault = (pointer: string, detail: string) => void;

/**
 * Checks how long something lives; `pointer` is where the definition says it. A definition with
 * faults is read as well as it can be, so that all its faults are reported at once.
 */
export function defineExpiry(
  pointer: string,
  expiry: ExpiryDefinition | undefined,
  fault: ReportFault,
): Expiry {
  if (expiry?.days === undefined && expiry?.date === undefined) return { kind: "never" };
  if (expiry.days !== undefined && expiry.date !== undefined) {
    fault(pointer, "must have either days or date");
  }
  if (expiry.date !== undefined) {
    if (!isDate(expiry.date)) fault(`${pointer}/date`, "must be a calendar date, YYYY-MM-DD");
    return { kind: "date", date: expiry.date };
  }
  const days = expiry.days ?? 0;
  if (!Number.isSafeInteger(days) || days < 1 || days > MAX_EXPIRY_DAYS) {
    fault(`${pointer}/days`, `must be a whole number from 1 to ${MAX_EXPIRY_DAYS}`);
  }
  return { kind: "days", days };
}
