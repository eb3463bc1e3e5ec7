import * as z from "zod";
import { flag, identity, optionalText, stamps, text, whole } from "../answers.ts";

/** A group of customers with earning and spending rules of its own. */
export const customerTypeAnswer = z.object({
  ...identity("customer_type"),
  number: whole,
  name: text,
  discount_percent: text,
  earn_amount: optionalText,
  points_per_unit: optionalText,
  active: flag,
  ...stamps,
});
