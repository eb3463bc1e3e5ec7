import * as z from "zod";
import { VOUCHER_KINDS } from "../../../core/vouchers.ts";
import { identity, optionalText, stamps } from "../answers.ts";

const object = identity("voucher_series");

/** A series, without its vouchers. */
export const seriesAnswer = z.object({
  ...object,
  name: z.string(),
  source: optionalText,
  kind: z.enum(VOUCHER_KINDS),
  value: z.string(),
  min_purchase: optionalText,
  max_discount: optionalText,
  valid_from: optionalText,
  valid_until: optionalText,
  key: optionalText,
  label: optionalText,
  description: optionalText,
  image_url: optionalText,
  conditions: optionalText,
  configuration: z.record(z.string(), z.unknown()).nullable(),
  life_days: z.int().nullable(),
  ...stamps,
});

/** The codes that were just made of a series. */
export const codesAnswer = z.object({ ...object, codes: z.array(z.string()) });
