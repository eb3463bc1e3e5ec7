import * as z from "zod";
import { identity, optionalText, time } from "../answers.ts";

/** A recorded purchase. */
export const billAnswer = z.object({
  ...identity("bill"),
  customer: z.string(),
  number: optionalText,
  reference: optionalText,
  total: z.object({ amount: z.string(), currency: z.string() }),
  lines: z.array(
    z.object({
      category: optionalText,
      sku: optionalText,
      name: optionalText,
      quantity: optionalText,
      amount: z.string(),
    }),
  ),
  site: optionalText,
  dialect: z.string(),
  occurred_at: time,
  recorded_at: time,
});
