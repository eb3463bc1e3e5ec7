import * as z from "zod";
import { isDate } from "../../core/dates.ts";
import { MAX_VOUCHERS } from "../../services/vouchers/series.ts";
import { customerId, MAX_NAME, MAX_REFERENCE, MAX_TEXT, money, text } from "./schemas.ts";
import { parseBatch } from "./voucher-mapping.ts";

const date = text(10).refine(isDate, "must be a date, YYYY-MM-DD");
const businessType = z.enum(["RESTAURANT", "RETAIL"], "must be RESTAURANT or RETAIL");

/** Customer number that a request carries beside its own fields; see `guardWrite`. */
const named = { customer_id: customerId.optional().catch(undefined) };

/** `POST group/create` */
export const groupSchema = z.object({
  company_slug: text(63).regex(/^[a-z0-9]{3,}$/, "must be 3 or more lower-case letters and digits"),
  company_name: text(MAX_NAME).refine((name) => name.trim() !== "", "must not be blank"),
  business_type: businessType,
  ...named,
});

/** `POST group/sites/add` */
export const siteSchema = z.object({
  site_code: text(63).regex(/^[A-Z0-9]{3,}$/, "must be 3 or more upper-case letters and digits"),
  site_name: text(MAX_NAME).refine((name) => name.trim() !== "", "must not be blank"),
  site_type: businessType,
  address: text(MAX_TEXT).optional(),
  city: text(MAX_NAME).optional(),
  state: text(MAX_NAME).optional(),
  postal_code: text(32).optional(),
  phone: text(32).optional(),
  ...named,
});

/** `POST vouchers/batches/create` */
export const batchSchema = z
  .object({
    name: text(MAX_NAME).refine((name) => name.trim() !== "", "must not be blank"),
    type: z.enum(["PERCENT", "FIXED", "BOGO"], "must be PERCENT, FIXED or BOGO"),
    value: money,
    quantity: text(16)
      .regex(/^\d{1,9}$/, "must be a whole number")
      .transform(Number)
      .pipe(
        z
          .number()
          .min(1, `must be from 1 to ${MAX_VOUCHERS}`)
          .max(MAX_VOUCHERS, `must be from 1 to ${MAX_VOUCHERS}`),
      ),
    valid_from: date.optional(),
    valid_until: date.optional(),
    min_purchase: money.optional(),
    max_discount: money.optional(),
    ...named,
  })
  .refine(({ value }) => value > 0, { path: ["value"], message: "must be greater than 0" })
  .refine(({ type, value }) => type !== "PERCENT" || value <= 10_000, {
    path: ["value"],
    message: "must be at most 100 for PERCENT",
  });

/** `POST vouchers/redeem` */
export const redeemVoucherSchema = z.object({
  code: text(MAX_NAME),
  customer_id: customerId,
  purchase_amount: money.optional(),
  reference_id: text(MAX_REFERENCE).optional(),
});

/** `POST vouchers/issue` */
export const issueSchema = z.object({
  batch_id: text(32).transform(parseBatch),
  customer_id: customerId,
  delivered_via: z.enum(["email", "sms"], "must be email or sms").optional(),
  reference_id: text(MAX_REFERENCE).optional(),
});

/** `GET vouchers/{code}` */
export const voucherSchema = z.object({ code: text(MAX_NAME) });
