import * as z from "zod";
import { identity, optionalText, text, time } from "../answers.ts";

/** A recorded purchase. */
export const billAnswer = z.object({
  ...identity("bill"),
  customer: text,
  number: optionalText,
  reference: optionalText,
  total: z.object({ amount: text, currency: text }),
  lines: z.array(
    z.object({
      category: optionalText,
      sku: optionalText,
      name: optionalText,
      quantity: optionalText,
      amount: text,
    }),
  ),
  site: optionalText,
  dialect: text,
  occurred_at: time,
  recorded_at: time,
  voided_at: time.nullable(),
  reversed_at: time.nullable(),
});
