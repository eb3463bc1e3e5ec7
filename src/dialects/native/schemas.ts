import * as z from "zod";
import { isDate } from "../../core/dates.ts";

/** Characters of a name. */
export const MAX_NAME = 255;
export const MAX_TEXT = 500;
/** Largest number that an object can be known by. */
export const MAX_NUMBER = 999_999_999_999;

export const name = z.string().trim().min(1).max(MAX_NAME);
export const decimal = z
  .string()
  .max(32)
  .regex(/^\d+(\.\d+)?$/, "must be a decimal text, e.g. 12.50");
export const date = z.string().refine(isDate, "must be a calendar date, YYYY-MM-DD");
/** As milliseconds since the epoch. */
export const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
/** What a merchant or a site is. */
export const businessType = z.enum(["RESTAURANT", "RETAIL"]);
