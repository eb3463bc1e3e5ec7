import type * as z from "zod";
import { formatShortDecimal } from "../../../core/amount.ts";
import { moneyNumber } from "../../../http/wire/amounts.ts";
import { dayOf } from "../../../services/calendar.ts";
import type { Context } from "../../../services/context.ts";
import type { NewSeries, SeriesSummary } from "../../../services/vouchers/series.ts";
import type { VoucherRecord, VoucherRedemption } from "../../../services/vouchers/vouchers.ts";
import { voucherTerms } from "../../../services/vouchers/vouchers.ts";
import { customerText, dataBody, timeText } from "../mapping.ts";
import type {
  available,
  batch,
  batchAnswer,
  issueAnswer,
  redemptionAnswer,
  voucherAnswer,
} from "./answers.ts";

const TYPES = { percent: "PERCENT", amount: "FIXED", bogo: "BOGO" } as const;

const STATUSES = {
  active: "ACTIVE",
  redeemed: "REDEEMED",
  voided: "VOIDED",
  expired: "EXPIRED",
} as const;

/** Our kind of a KiriMel voucher type. */
export const KINDS = { PERCENT: "percent", FIXED: "amount", BOGO: "bogo" } as const;

const BATCH = /^(?:BATCH_)?0*([1-9]\d{0,14})$/;

/** The number in a batch id, with or without its prefix; null when there is none. */
export function parseBatch(text: string): number | null {
  const [, digits] = BATCH.exec(text.trim()) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** `BATCH_<n>`, at least three digits. */
export function batchText(number: number): string {
  return `BATCH_${String(number).padStart(3, "0")}`;
}

/** A voucher's worth: a percentage without needless decimals, or money. */
function worth(kind: keyof typeof TYPES, value: number, currency: string): unknown {
  return kind === "percent" ? Number(formatShortDecimal(value, 2)) : moneyNumber(value, currency);
}

/** Body of `vouchers/batches/create`. */
export function batchBody(series: NewSeries): z.input<typeof batchAnswer> {
  return {
    success: true,
    batch_id: batchText(series.number),
    vouchers_created: series.codes.length,
    voucher_codes: series.codes,
  };
}

/** One line of `GET vouchers/batches`. */
export function batchLine(summary: SeriesSummary, currency: string): z.input<typeof batch> {
  const { series, vouchers, redeemed } = summary;
  return {
    batch_id: batchText(series.number),
    name: series.name,
    type: TYPES[series.kind],
    value: worth(series.kind, series.value, currency),
    quantity: vouchers,
    redeemed,
    valid_from: series.validFrom,
    valid_until: series.validUntil,
    min_purchase: moneyNumber(series.minPurchase, currency),
    max_discount: moneyNumber(series.maxDiscount, currency),
    created_at: timeText(series.createdAt),
  };
}

/** Body of `vouchers/redeem`. */
export function redemptionBody(
  redemption: VoucherRedemption,
  currency: string,
): z.input<typeof redemptionAnswer> {
  return {
    success: true,
    redemption_id: `REDEEM_${redemption.number}`,
    voucher_type: TYPES[redemption.kind],
    voucher_value: worth(redemption.kind, redemption.value, currency),
    discount_applied: moneyNumber(redemption.discount, currency),
    new_purchase_amount: moneyNumber(redemption.remaining, currency),
  };
}

/** Body of `vouchers/issue`. */
export function issuedBody(record: VoucherRecord, customer: number): z.input<typeof issueAnswer> {
  return dataBody({
    voucher_id: record.voucher.number,
    code: record.voucher.code,
    customer_id: customerText(customer),
    valid_until: voucherTerms(record).validUntil,
  });
}

/** One line of `available_vouchers`. */
export function availableLine(record: VoucherRecord, currency: string): z.input<typeof available> {
  const { voucher, series } = record;
  return {
    id: voucher.number,
    code: voucher.code,
    batch_name: series.name,
    voucher_type: TYPES[series.kind],
    voucher_value: worth(series.kind, series.value, currency),
    valid_until: voucherTerms(record).validUntil,
    min_purchase: moneyNumber(series.minPurchase, currency),
  };
}

/** Body of `GET vouchers/{code}`. */
export function voucherBody(ctx: Context, record: VoucherRecord): z.input<typeof voucherAnswer> {
  const { voucher, series } = record;
  const { validFrom, validUntil } = voucherTerms(record);
  const { currency, timeZone } = ctx.principal.merchant;
  const day = dayOf(ctx.now, timeZone);
  const expired = validUntil !== null && day > validUntil;
  const status = voucher.status === "active" && expired ? "expired" : voucher.status;
  return dataBody({
    id: voucher.number,
    code: voucher.code,
    batch_name: series.name,
    voucher_type: TYPES[series.kind],
    voucher_value: worth(series.kind, series.value, currency),
    status: STATUSES[status],
    valid_from: validFrom,
    valid_until: validUntil,
    min_purchase: moneyNumber(series.minPurchase, currency),
    redeemed_at: voucher.redeemedAt === null ? null : timeText(voucher.redeemedAt),
  });
}
