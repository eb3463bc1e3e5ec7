import * as z from "zod";
import { exactNumber } from "../../../http/wire/amounts.ts";
import { dataAnswer, day, page, success, time } from "../answers.ts";

const type = z.enum(["PERCENT", "FIXED", "BOGO"]);

/** Body of `POST vouchers/batches/create`. */
export const batchAnswer = z.object({
  success,
  batch_id: z.string(),
  vouchers_created: z.int(),
  voucher_codes: z.array(z.string()).readonly(),
});

/** One line of `GET vouchers/batches`. */
export const batch = z.object({
  batch_id: z.string(),
  name: z.string(),
  type,
  value: exactNumber,
  quantity: z.int(),
  redeemed: z.int(),
  valid_from: day.nullable(),
  valid_until: day.nullable(),
  min_purchase: exactNumber.nullable(),
  max_discount: exactNumber.nullable(),
  created_at: time,
});

/** Body of `GET vouchers/batches`. */
export const batchesAnswer = dataAnswer(z.object({ batches: z.array(batch), ...page }));

/** Body of `POST vouchers/redeem`; null where the purchase is not known. */
export const redemptionAnswer = z.object({
  success,
  redemption_id: z.string(),
  voucher_type: type,
  voucher_value: exactNumber,
  discount_applied: exactNumber.nullable(),
  new_purchase_amount: exactNumber.nullable(),
});

/** Body of `POST vouchers/issue`. */
export const issueAnswer = dataAnswer(
  z.object({
    voucher_id: z.int(),
    code: z.string(),
    customer_id: z.string(),
    valid_until: day.nullable(),
  }),
);

/** A voucher that a customer could redeem now. */
export const available = z.object({
  id: z.int(),
  code: z.string(),
  batch_name: z.string(),
  voucher_type: type,
  voucher_value: exactNumber,
  valid_until: day.nullable(),
  min_purchase: exactNumber.nullable(),
});

/** Body of `GET vouchers/{code}`. */
export const voucherAnswer = dataAnswer(
  available.extend({
    status: z.enum(["ACTIVE", "REDEEMED", "VOIDED", "EXPIRED"]),
    valid_from: day.nullable(),
    redeemed_at: time.nullable(),
  }),
);
