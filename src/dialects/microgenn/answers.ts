import * as z from "zod";
import { exactNumber } from "../../http/wire/amounts.ts";

const customer = z.object({
  customer_id: z.guid(),
  name: z.string(),
  mobile: z.string(),
  points_balance: z.int(),
  segment: z.string(),
});

/** Body of `GET pos/customer`. */
export const customerAnswer = z.discriminatedUnion("found", [
  z.object({ found: z.literal(false), mobile: z.string() }),
  z.object({
    found: z.literal(true),
    customer,
    points_balance: z.int(),
    redeemable_value: z.int(),
    redemption_rate: exactNumber.nullable(),
    tier: z.string().nullable(),
    priority_service: z.boolean(),
    active_coupons: z.array(
      z.object({
        coupon_id: z.guid(),
        code: z.string(),
        value: exactNumber,
        source: z.string(),
        expiry_date: z.iso.date().nullable(),
      }),
    ),
  }),
]);

/** Body of `POST pos/bill`. */
export const billAnswer = z.object({
  transaction_id: z.guid(),
  customer_id: z.guid(),
  amount: exactNumber,
  points_earned: z.int(),
  points_redeemed: z.int(),
  new_balance: z.int(),
  tier: z.string().nullable(),
  tier_upgraded: z.boolean(),
  customer,
});

/** Body of `POST pos/coupon/redeem`. */
export const couponAnswer = z.object({
  valid: z.literal(true),
  value: exactNumber,
  source: z.string(),
  coupon: z.object({
    coupon_id: z.guid(),
    code: z.string(),
    value: exactNumber,
    source: z.string(),
    status: z.enum(["active", "used", "cancelled"]),
    customer_id: z.guid().nullable(),
    expiry_date: z.iso.date().nullable(),
    used_at: z.iso.datetime().nullable(),
  }),
});

/** Body of `POST pos/otp/send`; the password itself is shown to sandbox keys only. */
export const otpSendAnswer = z.object({
  sent: z.literal(true),
  expires_in: z.int(),
  otp: z.string().optional(),
});

/** Body of `POST pos/otp/verify`. */
export const otpVerifyAnswer = z.object({ verified: z.literal(true) });

/** Body of `POST pos/points/redeem`. */
export const redeemAnswer = z.object({
  transaction_id: z.guid(),
  customer_id: z.guid(),
  points_redeemed: z.int(),
  value: exactNumber,
  new_balance: z.int(),
});
