import * as z from "zod";
import { dateAnswer } from "../answers.ts";

/** A customer, with the keys and the order of the documentation's sample. */
export const customerAnswer = z.object({
  birth_date: dateAnswer.nullable(),
  customer_key: z.string(),
  email: z.string().nullable(),
  mobile_phone: z.string().nullable(),
  /** `m` or `f`, or whatever an import brought. */
  gender: z.unknown(),
  is_email_verified: z.boolean(),
  is_mobile_phone_verified: z.boolean(),
  merchant_reference_code: z.string().nullable(),
  name: z.string().nullable(),
  reference_code: z.string().nullable(),
  registered_datetime: z.string().regex(/^\d\d-\d\d-\d{4} \d\d:\d\d:\d\d$/),
});

/** Body of `POST customers/search/{limit}`. */
export const searchAnswer = z.array(customerAnswer);

/** Body of `GET …/read-or-register`. */
export const briefAnswer = customerAnswer.pick({
  name: true,
  reference_code: true,
  customer_key: true,
});
