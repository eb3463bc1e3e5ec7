import * as z from "zod";
import { MAX_SERIES_KEY } from "../../../core/program/grants.ts";
import { VOUCHER_KINDS } from "../../../core/vouchers.ts";
import { MAX_VOUCHERS } from "../../../services/vouchers/codes.ts";
import { date, decimal, MAX_NAME, MAX_NUMBER, name } from "../schemas.ts";

const MAX_DESCRIPTION = 1_000;
const MAX_CONDITIONS = 10_000;
const MAX_URL = 2_048;
/** Characters of a configuration as JSON. */
const MAX_CONFIGURATION = 4_096;
/** A hundred years. */
const MAX_LIFE_DAYS = 36_525;

/** What the merchant's tills call a thing. */
export const key = z
  .string()
  .max(MAX_SERIES_KEY)
  .regex(/^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/, "must be letters, digits, and - . _ between them");

/** What a till or a customer is told at some length. */
export const description = z.string().trim().min(1).max(MAX_DESCRIPTION);
export const conditions = z.string().trim().min(1).max(MAX_CONDITIONS);

/** Any JSON object: what it holds is between the merchant and its tills. */
const configuration = z
  .custom<Record<string, unknown>>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "must be an object",
  )
  .refine(
    (value) => JSON.stringify(value).length <= MAX_CONFIGURATION,
    `must be at most ${MAX_CONFIGURATION} characters of JSON`,
  );

/** How many codes to make, or codes that are brought along. */
export const codesSchema = z.strictObject({
  quantity: z.int().min(0).max(MAX_VOUCHERS).optional(),
  codes: z
    .array(z.string().regex(/^[\x21-\x7e]{4,64}$/, "must be 4 to 64 visible characters"))
    .max(MAX_VOUCHERS)
    .optional(),
});

const vouchers = {
  ...codesSchema.shape,
  /** Number or id of the customer that all vouchers are issued to. */
  customer: z
    .union([z.int().min(1).max(MAX_NUMBER), z.string().regex(/^cus_[0-9A-Z]{26}$/)])
    .optional(),
  valid_from: date.optional(),
  valid_until: date.optional(),
};

const notBoth = {
  path: ["codes"],
  message: "must not be given beside quantity",
};

/** `POST /voucher_series` */
export const voucherSeriesSchema = z
  .strictObject({
    name,
    source: z.string().trim().min(1).max(MAX_NAME).optional(),
    kind: z.enum(VOUCHER_KINDS),
    /** Percent, or an amount of money. */
    value: decimal,
    min_purchase: decimal.optional(),
    max_discount: decimal.optional(),
    ...vouchers,
    key: key.optional(),
    label: name.optional(),
    description: description.optional(),
    image_url: z
      .url({ protocol: /^https?$/ })
      .max(MAX_URL)
      .optional(),
    conditions: conditions.optional(),
    configuration: configuration.optional(),
    life_days: z.int().min(1).max(MAX_LIFE_DAYS).optional(),
    /** What fresh codes begin with. */
    code_prefix: z
      .string()
      .regex(/^[A-Z0-9_-]{0,16}$/, "must be at most 16 capital letters, digits, - and _")
      .optional(),
  })
  .refine((wire) => wire.quantity === undefined || wire.codes === undefined, notBoth);

/** `POST /voucher_series/{id}/vouchers` */
export const vouchersSchema = z
  .strictObject(vouchers)
  .refine((wire) => wire.quantity === undefined || wire.codes === undefined, notBoth)
  .refine(({ quantity = 0, codes = [] }) => quantity + codes.length > 0, {
    path: ["codes"],
    message: "must be given, or else quantity",
  })
  .refine(({ valid_from: from = "", valid_until: until = "9999" }) => from <= until, {
    path: ["valid_until"],
    message: "must not be before valid_from",
  });
