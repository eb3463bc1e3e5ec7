import * as z from "zod";
import { exactNumber } from "../../../http/wire/amounts.ts";
import { dateAnswer } from "../answers.ts";
import { faceAnswer } from "../vouchers/answers.ts";

const gain = z.object({ amount: exactNumber, latest_expiry_date: dateAnswer.nullable() });

/** Body of `POST …/give`: only what was granted is there. */
export const giveAnswer = z.object({
  entitled_reward_summary: z.object({ point: gain.optional(), stamp: gain.optional() }),
  entitled_voucher_summary: z.array(
    z.object({
      voucher_program_key: z.string().nullable(),
      amount: z.int(),
      effective_date: dateAnswer.nullable(),
      expiry_date: dateAnswer.nullable(),
      image_url: z.string().nullable(),
      label: z.string(),
    }),
  ),
  transaction_id: z.string(),
});

/** Body of `GET …`: all four kinds, whatever the customer has. */
export const rewardsAnswer = z.object({
  entitled_reward_summary: z.object({
    point: exactNumber,
    prepaid: exactNumber,
    stamp: exactNumber,
    vouchers: z.array(faceAnswer.extend({ voucher_program_key: z.string() })),
  }),
});
