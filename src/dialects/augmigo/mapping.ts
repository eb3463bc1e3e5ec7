import type { LoyaltyError } from "../../core/errors.ts";
import { invalid } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { localTimeOf, momentOf } from "../../services/calendar.ts";
import type { Context } from "../../services/context.ts";

/** How far the clock of a till may run ahead. */
const CLOCK_TOLERANCE_MS = 300_000;

/**
 * When something happened that a till tells of: `localTime` (`YYYY-MM-DDTHH:MM:SS`) on the clocks
 * of the account, now where the till's clock runs a little ahead, null where it tells nothing. A
 * time to come is `validation_failed` with that detail.
 */
export function readMoment(
  { now, principal }: Context,
  localTime: string | undefined,
  field: { readonly pointer: string; readonly future: string },
): Result<number | null, LoyaltyError> {
  if (localTime === undefined) return ok(null);
  const moment = momentOf(localTime, principal.merchant.timeZone);
  const isFuture = moment === null || moment > now + CLOCK_TOLERANCE_MS;
  return isFuture ? invalid(field.pointer, "invalid", field.future) : ok(Math.min(moment, now));
}

/** A transaction's id on the wire, of whatever was booked; tells nothing and recurs nowhere. */
export function transactionText(id: string): string {
  return `TX${id.slice(id.indexOf("_") + 1)}`;
}

/** A date (`YYYY-MM-DD`) as the wire has it: `dd-mm-yyyy`. */
export function dateText(date: string): string {
  return date.split("-").reverse().join("-");
}

/** A moment as a clock of the account shows it: `dd-mm-yyyy HH:MM:SS`. */
export function dateTimeText(moment: number, timeZone: string): string {
  const [date = "", time = ""] = localTimeOf(moment, timeZone).split("T");
  return `${dateText(date)} ${time}`;
}
