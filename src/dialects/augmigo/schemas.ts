import * as z from "zod";
import { isDate } from "../../core/dates.ts";

/** Longest remark of a till. */
const MAX_REMARKS = 300;
/** Longest number of an invoice. */
const MAX_INVOICE = 100;

/** A call without fields. */
export const noFields = z.unknown();

/** A text of limited length; `name` is what its refusal calls it. */
export const shortText = (name: string, max: number) =>
  z.string(`${name} is not valid`).max(max, `${name} length must not more than ${max} characters`);

/** A local time as `YYYY-MM-DDTHH:MM:SS`. */
export const dateTime = (name: string) =>
  z.string(`${name} is not valid`).transform((value, issues) => {
    const localTime = parseDateTime(value);
    if (localTime !== null) return localTime;
    issues.addIssue({ code: "custom", message: `${name} is not valid` });
    return z.NEVER;
  });

export const remarks = shortText("Remarks", MAX_REMARKS).optional();
export const invoice = shortText("Invoice ID", MAX_INVOICE).optional();

const DAY_FIRST = /^(\d\d)[-/](\d\d)[-/](\d{4})$/;

const CLOCK_TIME = /^(.+) ((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)$/;

/** A date and `HH:MM:SS` as `YYYY-MM-DDTHH:MM:SS`; null when it is no such time. */
function parseDateTime(text: string): string | null {
  const [, date = "", time] = CLOCK_TIME.exec(text.trim()) ?? [];
  const day = parseDate(date);
  return day === null ? null : `${day}T${time}`;
}

/** `dd/mm/yyyy`, `dd-mm-yyyy` or `yyyy-mm-dd` as `YYYY-MM-DD`; null when it is no date. */
export function parseDate(text: string): string | null {
  const date = text.trim().replace(DAY_FIRST, "$3-$2-$1");
  return isDate(date) ? date : null;
}
