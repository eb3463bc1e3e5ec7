import * as z from "zod";
import { CUSTOMER_STATUSES } from "../../../core/customers.ts";
import { identity, optionalText, optionalTime, stamps, time } from "../answers.ts";

/** A customer with what the wallet's copy tells of the balances. */
export const customerAnswer = z.object({
  ...identity("customer"),
  number: z.int(),
  status: z.enum(CUSTOMER_STATUSES),
  name: optionalText,
  email: optionalText,
  phone: optionalText,
  birth_date: optionalText,
  tier: optionalText,
  balances: z.array(z.object({ unit: z.string(), amount: z.string() })),
  joined_at: time,
  last_earned_at: optionalTime,
  last_redeemed_at: optionalTime,
  ...stamps,
});

/** A line of a customer's ledger. */
export const entryAnswer = z.object({
  ...identity("entry"),
  sequence: z.int(),
  kind: z.string(),
  unit: z.string(),
  amount: z.string(),
  balance: z.string(),
  reference: optionalText,
  site: optionalText,
  dialect: z.string(),
  occurred_at: time,
  recorded_at: time,
});
