import * as z from "zod";
import { isDate } from "../../core/dates.ts";
import { isRecord } from "../../http/wire/document.ts";
import { addDays, endOfDay } from "../../services/calendar.ts";

/** A call without fields. */
export const noFields = z.unknown();

/** A positive whole number up to `max`. */
export const wholeNumber = (max: number) =>
  z
    .string({ error: "is invalid" })
    .regex(/^\d{1,12}$/, "is invalid")
    .transform(Number)
    .pipe(z.number().min(1, "must be at least 1").max(max, `must be at most ${max}`));

const MOMENT = new RegExp(
  "^(\\d{4})([-/])(\\d\\d)\\2(\\d\\d)[T ]((?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d)(?:\\.\\d{1,9})?" +
    "(?:Z| *([-+ ])(\\d\\d):?(\\d\\d))?$",
);

/**
 * A time as clients write it, in milliseconds since the epoch; null when it is none. UTC where it
 * names no offset. A blank stands for the plus that a query has lost.
 */
export function parseMoment(text: string): number | null {
  const match = MOMENT.exec(text.trim());
  if (match === null) return null;
  const [, year, , month, day, time, sign = "+", hours = "00", minutes = "00"] = match;
  const date = `${year}-${month}-${day}`;
  const midnight = new Date(`${date}T00:00:00Z`);
  const isDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
  const offset = `${sign.replace(" ", "+")}${hours}:${minutes}`;
  const moment = Date.parse(`${date}T${time}${offset}`);
  return isDay && !Number.isNaN(moment) ? moment : null;
}

/** A time, as {@link parseMoment} has it. */
export const momentField = z.string({ error: "is invalid" }).transform((text, issues) => {
  const moment = parseMoment(text);
  if (moment !== null) return moment;
  issues.addIssue({ code: "custom", message: "is invalid" });
  return z.NEVER;
});

const DATE = /^(\d{4})([-/])(\d\d)\2(\d\d)$/;

/** A time, or a day (`YYYY-MM-DD`) of the account's calendar. */
const timeOrDay = z.string({ error: "is invalid" }).transform((text, issues) => {
  const [, year, , month, date] = DATE.exec(text.trim()) ?? [];
  const day = `${year}-${month}-${date}`;
  const read = isDate(day) ? day : parseMoment(text);
  if (read !== null) return read;
  issues.addIssue({ code: "custom", message: "is invalid" });
  return z.NEVER;
});

/** A switch: on when it is `1` or `true`. */
export const switchField = z
  .union([z.string(), z.boolean()])
  .transform((value) => value === true || value === "1" || value === "true");

/**
 * A list of at most `max` records: of JSON, of XML's `type="array"`, or of an element around them
 * that does not say so.
 */
export const listField = <S extends z.ZodType>(item: S, max: number) =>
  z.preprocess(
    (value) => (isRecord(value) ? Object.values(value).flat() : value === "" ? [] : value),
    z.array(item, { error: "is invalid" }).max(max, `must have at most ${max} lines`),
  );

/** Pages that a list can have. */
const MAX_PAGE = 1_000_000;

/** What every list can be asked; `max` and `usual` are records of a page. */
export const listFields = (max: number, usual: number) => ({
  page: wholeNumber(MAX_PAGE).default(1),
  per_page: wholeNumber(max).default(usual),
  active_only: switchField.default(false),
  before: timeOrDay.optional(),
  after: timeOrDay.optional(),
  from: timeOrDay.optional(),
  to: timeOrDay.optional(),
});

type ListQuery = z.output<z.ZodObject<ReturnType<typeof listFields>>>;

/** Which records a page has: so many, after so many others. */
export function sliceOf({ page, per_page: limit }: Pick<ListQuery, "page" | "per_page">): {
  readonly limit: number;
  readonly offset: number;
} {
  return { limit, offset: (page - 1) * limit };
}

const SECOND = 1_000;
const LATEST = Number.MAX_SAFE_INTEGER;

/**
 * The times of change that a list asks for: from `since` until before `until`. The wire shows whole
 * seconds, so `to` has all of its second, and `after` the rest of its own: a client that goes on
 * from the last second that it saw gets a record twice rather than never. A day is meant as a
 * whole, in the zone: `from` and `to` have it, `after` and `before` do not.
 */
export function windowOf(
  { before = LATEST, after = -1, from = 0, to = LATEST }: Partial<ListQuery>,
  timeZone: string,
): { readonly since: number; readonly until: number } {
  const start = (time: number | string): number =>
    typeof time === "number" ? time : endOfDay(addDays(time, -1), timeZone);
  const end = (time: number | string, length: number): number =>
    typeof time === "number" ? Math.min(time + length, LATEST) : endOfDay(time, timeZone);
  return {
    since: Math.max(start(from), end(after, 1)),
    until: Math.min(start(before), end(to, SECOND)),
  };
}
