import type * as z from "zod";
import { invalid, notFound } from "../../../core/errors.ts";
import { ok } from "../../../core/result.ts";
import { moneyOf, roundDecimal } from "../../../http/wire/amounts.ts";
import { dayOf } from "../../../services/calendar.ts";
import type { Context } from "../../../services/context.ts";
import { createSeries, getSeries, listSeriesPage } from "../../../services/vouchers/series.ts";
import { getVoucher, issueVoucher, redeemVoucher } from "../../../services/vouchers/vouchers.ts";
import type { Answer } from "../answers.ts";
import { dataBody } from "../mapping.ts";
import type {
  batchAnswer,
  batchesAnswer,
  issueAnswer,
  redemptionAnswer,
  voucherAnswer,
} from "./answers.ts";
import { batchBody, batchLine, issuedBody, KINDS, redemptionBody, voucherBody } from "./mapping.ts";
import type {
  batchesSchema,
  batchSchema,
  issueSchema,
  redeemVoucherSchema,
  voucherSchema,
} from "./schemas.ts";

/** Digits behind the point of a percentage. */
const PERCENT_SCALE = 2;

/** `POST vouchers/batches/create` */
export async function createBatch(
  ctx: Context,
  wire: z.output<typeof batchSchema>,
): Answer<typeof batchAnswer> {
  const { currency, timeZone } = ctx.principal.merchant;
  const money = (amount: string | undefined): number | null =>
    amount === undefined ? null : moneyOf(amount, currency);
  const today = dayOf(ctx.now, timeZone);
  const validFrom = wire.valid_from ?? today;
  const validUntil = wire.valid_until ?? null;
  if (validUntil !== null && validUntil < validFrom) {
    const isPast = wire.valid_from === undefined && validUntil < today;
    const detail = isPast ? "must not be in the past" : "must not be before valid_from";
    return invalid("/valid_until", "invalid", detail);
  }
  const kind = KINDS[wire.type];
  const value =
    kind === "percent" ? roundDecimal(wire.value, PERCENT_SCALE) : moneyOf(wire.value, currency);
  if (value === 0) return invalid("/value", "too_small", "must be greater than 0");
  if (kind === "percent" && value > 100 * 10 ** PERCENT_SCALE) {
    return invalid("/value", "too_large", "must be at most 100 for PERCENT");
  }
  const made = await createSeries(ctx, {
    name: wire.name,
    source: null,
    customer: null,
    terms: {
      kind,
      value,
      minPurchase: money(wire.min_purchase),
      maxDiscount: money(wire.max_discount),
      validFrom,
      validUntil,
    },
    codes: { quantity: wire.quantity },
    named: wire.customer_id ?? null,
  });
  return made.ok ? ok(batchBody(made.value)) : made;
}

/** `GET vouchers/batches` */
export async function listBatches(
  ctx: Context,
  wire: z.output<typeof batchesSchema>,
): Answer<typeof batchesAnswer> {
  const { page, per_page } = wire;
  const { currency } = ctx.principal.merchant;
  const { rows, total } = await listSeriesPage(ctx, per_page, (page - 1) * per_page);
  const lines = rows.map((row) => batchLine(row, currency));
  return ok(dataBody({ batches: lines, page, per_page, total }));
}

/** `POST vouchers/redeem` */
export async function redeem(
  ctx: Context,
  wire: z.output<typeof redeemVoucherSchema>,
): Answer<typeof redemptionAnswer> {
  const { code, customer_id: customer, purchase_amount: amount, reference_id: reference } = wire;
  if (customer === null) return notFound("customer");
  const { currency } = ctx.principal.merchant;
  const redeemed = await redeemVoucher(ctx, {
    code,
    customer,
    purchase: amount === undefined ? null : moneyOf(amount, currency),
    reference: reference ?? null,
  });
  return redeemed.ok ? ok(redemptionBody(redeemed.value, currency)) : redeemed;
}

/** `POST vouchers/issue` */
export async function issue(
  ctx: Context,
  wire: z.output<typeof issueSchema>,
): Answer<typeof issueAnswer> {
  const { batch_id: batch, customer_id: customer, delivered_via: via } = wire;
  if (customer === null) return notFound("customer");
  if (batch === null) return notFound("voucher_series");
  const series = await getSeries(ctx, batch);
  if (!series.ok) return series;
  const issued = await issueVoucher(ctx, {
    seriesId: series.value.id,
    customer,
    reference: wire.reference_id ?? null,
    deliveredVia: via ?? null,
  });
  return issued.ok ? ok(issuedBody(issued.value, customer)) : issued;
}

/** `GET vouchers/{code}` */
export async function getByCode(
  ctx: Context,
  wire: z.output<typeof voucherSchema>,
): Answer<typeof voucherAnswer> {
  const found = await getVoucher(ctx, wire.code);
  return found.ok ? ok(voucherBody(ctx, found.value)) : found;
}
