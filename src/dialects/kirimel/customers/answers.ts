import * as z from "zod";
import {
  benefits,
  correction,
  dataAnswer,
  page,
  success,
  textOrNull,
  tierProgress,
  time,
} from "../answers.ts";
import { available } from "../vouchers/answers.ts";

/** Body of `POST customers/register`. */
export const registerAnswer = z.object({
  success,
  customer_id: z.string(),
  wallet_id: z.string(),
  points_balance: z.int(),
  tier: textOrNull,
});

const identity = {
  phone: textOrNull,
  name: textOrNull,
  email: textOrNull,
  status: z.enum(["ACTIVE", "INACTIVE", "BLOCKED", "ERASED"]),
};

/** A customer as look-ups and lists show it. */
export const customer = z.object({
  id: z.int(),
  site_id: z.int().nullable(),
  ...identity,
  balance_points: z.int(),
  joined_at: time,
  last_earn_at: time.nullable(),
  last_redeem_at: time.nullable(),
  last_seen_at: time.nullable(),
});

/** Body of the look-ups and of `GET customers/{id}`. */
export const lookupAnswer = dataAnswer(customer);

/** Body of `GET customers`. */
export const customersAnswer = dataAnswer(z.object({ customers: z.array(customer), ...page }));

/** One line of a customer's transactions. */
export const transaction = z.object({
  transaction_id: z.string(),
  transaction_type: z.enum(["OPENING", "EARN", "REDEEM", "ADJUST", "REVERSE", "EXPIRE"]).nullable(),
  points_delta: z.int(),
  balance_after: z.int(),
  reference: textOrNull,
  created_at: time,
});

/** Body of `GET customers/{id}/transactions`. */
export const transactionsAnswer = dataAnswer(
  z.object({ transactions: z.array(transaction), ...page }),
);

/** Body of `GET customers/lookup-enriched`; what was not asked for is left out. */
export const enrichedAnswer = dataAnswer(
  z.object({
    customer: z.object({ id: z.int(), ...identity }),
    wallet: z.object({
      balance_points: z.int(),
      total_earned: z.int().optional(),
      total_redeemed: z.int().optional(),
    }),
    recent_transactions: z.array(transaction).optional(),
    available_vouchers: z.array(available).optional(),
  }),
);

/** Body of `GET customers/{id}/tier`. */
export const tierAnswer = dataAnswer(tierProgress.extend({ benefits }));

/** Body of `POST customers/{id}/adjust`. */
export const adjustAnswer = dataAnswer(correction);
