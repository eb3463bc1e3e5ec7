import * as z from "zod";
import { isDate } from "../../core/dates.ts";
import { parseWhole, plainDecimal } from "../../http/wire/amounts.ts";
import { text } from "../../http/wire/fields.ts";
import { parseCustomer } from "./mapping.ts";

/** Points that one call may move. */
export const MAX_POINTS = 1_000_000_000;

export const MAX_NAME = 255;
export const MAX_REFERENCE = 255;
export const MAX_TEXT = 500;
const MAX_PAGE = 1_000_000;
const MAX_PER_PAGE = 100;
const DEFAULT_PER_PAGE = 50;

/** Null stands for an identifier that no customer can have: not found, rather than malformed. */
export const customerId = z
  .string({ error: (issue) => (issue.input === undefined ? "is required" : "must be a text") })
  .transform(parseCustomer);

/** Customer number that a request carries beside its own fields; see `guardWrite`. */
export const named = { customer_id: customerId.optional().catch(undefined) };

/** An integer, also one that a till writes with a fraction of nothing (`50.0`). */
export const integer = (isGood: (value: number) => boolean, message: string) =>
  text(32).transform((wire, issues) => {
    const value = parseWhole(wire);
    if (value !== null && isGood(value)) return value;
    issues.addIssue({ code: "custom", message });
    return z.NEVER;
  });

export const points = integer((value) => value > 0, "must be a positive integer").pipe(
  z.number().max(MAX_POINTS, `must be at most ${MAX_POINTS}`),
);

const MONEY = /^\d{1,12}(?:\.|$)/;

/** Money that is not negative, as a plain decimal text: the currency gives it its scale. */
export const money = text(32).transform((value, issues) => {
  const plain = plainDecimal(value);
  if (plain !== null && MONEY.test(plain)) return plain;
  issues.addIssue({ code: "custom", message: "must be a decimal, 0 or more" });
  return z.NEVER;
});

export const date = text(10).refine(isDate, "must be a date, YYYY-MM-DD");

export const filledName = text(MAX_NAME).refine((name) => name.trim() !== "", "must not be blank");

/** What every booking may carry. */
export const remarks = {
  description: text(MAX_TEXT).optional(),
  reference_id: text(MAX_REFERENCE).optional(),
  reference_type: text(MAX_REFERENCE).optional(),
};

const count = (max: number) =>
  text(16)
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(1, "must be 1 or more").max(max, `must be at most ${max}`));

/** Lines of a page. */
export const perPage = count(MAX_PER_PAGE);

export const paging = {
  page: count(MAX_PAGE).default(1),
  per_page: perPage.default(DEFAULT_PER_PAGE),
};
