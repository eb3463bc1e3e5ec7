import * as z from "zod";
import { decimal, MAX_NUMBER, name } from "../schemas.ts";

/**
 * `POST /customer_types`: `discount_percent` in percent, `earn_amount` in the merchant's currency,
 * `points_per_unit` in whole points, as tills read it as a whole number.
 */
export const customerTypeSchema = z.strictObject({
  number: z.int().min(1).max(MAX_NUMBER).optional(),
  name,
  discount_percent: decimal.default("0"),
  earn_amount: decimal.nullable().default(null),
  points_per_unit: decimal.nullable().default(null),
  active: z.boolean().default(true),
});
