import * as z from "zod";
import { exactNumber } from "../../../http/wire/amounts.ts";
import {
  benefits,
  correction,
  dataAnswer,
  day,
  success,
  textOrNull,
  tierProgress,
} from "../answers.ts";

/** Body of `POST points/earn`. */
export const earnAnswer = z.object({
  success,
  transaction_id: z.string(),
  points_awarded: z.int(),
  new_balance: z.int(),
  tier_progress: tierProgress,
});

/** Body of `POST points/redeem`. */
export const redeemAnswer = z.object({
  success,
  transaction_id: z.string(),
  points_redeemed: z.int(),
  new_balance: z.int(),
});

/** Body of `wallet/balance`. */
export const balanceAnswer = z.object({
  success,
  customer_id: z.string(),
  balance: z.int(),
  tier: z.object({ name: textOrNull, benefits }),
  points_expiring_soon: z.int(),
  expiry_date: day.nullable(),
});

/** Body of `POST points/preview-redeem`. */
export const previewAnswer = dataAnswer(
  z.object({
    points_to_redeem: z.int(),
    points_value: exactNumber.nullable(),
    max_redeemable: z.int(),
    amount_discount: exactNumber.nullable(),
  }),
);

/** Body of `POST points/reverse`. */
export const reverseAnswer = dataAnswer(correction.extend({ reversed_transaction_id: z.string() }));
