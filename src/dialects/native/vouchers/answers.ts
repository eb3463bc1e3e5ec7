import * as z from "zod";
import { VOUCHER_KINDS } from "../../../core/vouchers.ts";
import { identity, optionalText, optionalWhole, stamps, text } from "../answers.ts";

const object = identity("voucher_series");

/** A series, without its vouchers. */
export const seriesAnswer = z.object({
  ...object,
  name: text,
  source: optionalText,
  kind: z.enum(VOUCHER_KINDS),
  value: text,
  min_purchase: optionalText,
  max_discount: optionalText,
  valid_from: optionalText,
  valid_until: optionalText,
  key: optionalText,
  label: optionalText,
  description: optionalText,
  image_url: optionalText,
  conditions: optionalText,
  configuration: z.record(text, z.unknown()).nullable(),
  life_days: optionalWhole,
  code_prefix: optionalText,
  ...stamps,
});

/** The codes that were just made of a series. */
export const codesAnswer = z.object({ ...object, codes: z.array(text) });
