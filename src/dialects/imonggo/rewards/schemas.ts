import * as z from "zod";
import { decimalFault, plainDecimal } from "../../../http/wire/amounts.ts";
import { text } from "../../../http/wire/fields.ts";

/** Characters of a reference. */
const MAX_REFERENCE = 255;

/** What is said of an amount that is nothing or less. */
export const NOT_POSITIVE = "must be greater than 0";

/** More than nothing, as a plain decimal text: the currency gives it its scale. */
const amount = z.string({ error: NOT_POSITIVE }).transform((value, issues) => {
  const plain = plainDecimal(value.trim());
  if (plain !== null && /^\d.*[1-9]|^[1-9]/.test(plain)) return plain;
  const fault = plain === null ? decimalFault(value.trim()) : NOT_POSITIVE;
  // What is no number at all is documented as not being greater than 0.
  const message = /^-|not a number/.test(value.trim() + fault) ? NOT_POSITIVE : fault;
  issues.addIssue({ code: "custom", message });
  return z.NEVER;
});

/** `POST /api/rewards`: what is asked is judged before what it is asked with. */
export const spendingSchema = z
  .looseObject({ q: z.unknown().optional() })
  .refine(({ q }) => q === "spend", "q is not supported")
  .pipe(
    z.object({
      customer_id: z.string({ error: "can't be blank" }),
      amount,
      reference: text(MAX_REFERENCE).optional(),
    }),
  );
