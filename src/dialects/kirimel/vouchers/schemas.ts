import * as z from "zod";
import { text } from "../../../http/wire/fields.ts";
import { MAX_VOUCHERS } from "../../../services/vouchers/series.ts";
import {
  customerId,
  date,
  filledName,
  integer,
  MAX_NAME,
  MAX_REFERENCE,
  money,
  named,
  paging,
} from "../schemas.ts";
import { parseBatch } from "./mapping.ts";

/** `POST vouchers/batches/create` */
export const batchSchema = z.object({
  name: filledName,
  type: z.enum(["PERCENT", "FIXED", "BOGO"], "must be PERCENT, FIXED or BOGO"),
  value: money,
  quantity: integer(() => true, "must be a whole number").pipe(
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

/** `GET vouchers/batches` */
export const batchesSchema = z.object(paging);
