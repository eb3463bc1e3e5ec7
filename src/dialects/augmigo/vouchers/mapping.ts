import type * as z from "zod";
import type { VoucherRecord } from "../../../services/vouchers/vouchers.ts";
import { effectiveDay, voucherTerms } from "../../../services/vouchers/vouchers.ts";
import { dateText } from "../mapping.ts";
import type { faceAnswer, voucherAnswer } from "./answers.ts";

/** What every body tells of a voucher. */
export function voucherFace(record: VoucherRecord, timeZone: string): z.input<typeof faceAnswer> {
  const { voucher, series } = record;
  const { validUntil } = voucherTerms(record);
  return {
    effective_date: dateText(effectiveDay(record, timeZone)),
    expiry_date: validUntil === null ? null : dateText(validUntil),
    image_url: series.imageUrl,
    label: series.label ?? series.name,
    redeem_code: voucher.code,
  };
}

/** Body of `GET vouchers/…`, in the order of the documentation's sample. */
export function voucherBody(
  record: VoucherRecord,
  timeZone: string,
): z.input<typeof voucherAnswer> {
  const { voucher, series } = record;
  const face = voucherFace(record, timeZone);
  return {
    voucher_details: {
      configuration: series.configuration ?? {},
      desc: series.description,
      effective_date: face.effective_date,
      expiry_date: face.expiry_date,
      image_url: face.image_url,
      is_redeemed: voucher.status === "redeemed",
      label: face.label,
      redeem_code: face.redeem_code,
      terms_and_conditions: series.conditions,
    },
  };
}
