import * as z from "zod";
import { CUSTOMER_STATUSES } from "../../../core/customers.ts";
import { identity, optionalText, optionalTime, stamps, text, time, whole } from "../answers.ts";

/** A customer with what the wallet's copy tells of the balances. */
export const customerAnswer = z.object({
  ...identity("customer"),
  number: whole,
  status: z.enum(CUSTOMER_STATUSES),
  name: optionalText,
  email: optionalText,
  phone: optionalText,
  birth_date: optionalText,
  tier: optionalText,
  balances: z.array(z.object({ unit: text, amount: text })),
  joined_at: time,
  last_earned_at: optionalTime,
  last_redeemed_at: optionalTime,
  ...stamps,
});

/** A line of a customer's ledger. */
export const entryAnswer = z.object({
  ...identity("entry"),
  sequence: whole,
  kind: text,
  unit: text,
  amount: text,
  balance: text,
  reference: optionalText,
  site: optionalText,
  dialect: text,
  occurred_at: time,
  recorded_at: time,
});
