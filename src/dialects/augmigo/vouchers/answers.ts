import * as z from "zod";
import { dateAnswer } from "../answers.ts";

/** What every body tells of a voucher. */
export const faceAnswer = z.object({
  effective_date: dateAnswer,
  expiry_date: dateAnswer.nullable(),
  image_url: z.string().nullable(),
  label: z.string(),
  redeem_code: z.string(),
});

/** Body of `GET vouchers/…`. */
export const voucherAnswer = z.object({
  voucher_details: faceAnswer.extend({
    configuration: z.record(z.string(), z.unknown()),
    desc: z.string().nullable(),
    is_redeemed: z.boolean(),
    terms_and_conditions: z.string().nullable(),
  }),
});
