import * as z from "zod";
import { identity, optionalText, stamps } from "../answers.ts";

/** A group of customers with earning and spending rules of its own. */
export const customerTypeAnswer = z.object({
  ...identity("customer_type"),
  number: z.int(),
  name: z.string(),
  discount_percent: z.string(),
  earn_amount: optionalText,
  points_per_unit: optionalText,
  active: z.boolean(),
  ...stamps,
});
