import { currencyScale, formatDecimal } from "../../core/amount.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import type { BookedEvent } from "../../core/events/body.ts";
import type { EventType } from "../../core/events/catalogue.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Discount, VoucherFault, VoucherKind, VoucherTerms } from "../../core/vouchers.ts";
import { codeCandidates, judgeRedemption } from "../../core/vouchers.ts";
import type { UnitOfWork } from "../../registry/unit-of-work.ts";
import { listOwnVouchers, listRedeemable } from "../../registry/vouchers/lists.ts";
import { redeemVoucherWrite } from "../../registry/vouchers/redemptions.ts";
import type { VoucherRecord } from "../../registry/vouchers/vouchers.ts";
import {
  findFreeVoucher,
  findVoucher,
  findVoucherAnyCase,
  findVoucherByCode,
  findVoucherByIssueReference,
  findVouchersByCodes,
  issueNextVoucher,
} from "../../registry/vouchers/vouchers.ts";
import { dayOf } from "../calendar.ts";
import type { Context } from "../context.ts";
import { requireActiveCustomers } from "../customers/customers.ts";
import { resolveCustomer } from "../customers/identity.ts";
import { makeEvent } from "../events/events.ts";
import { guardWrite } from "../ledger/guarded-writes.ts";

export type { VoucherRecord } from "../../registry/vouchers/vouchers.ts";

/** A voucher's worth and conditions: those of its series, but its own days where it has any. */
export function voucherTerms({ voucher, series }: VoucherRecord): VoucherTerms {
  const { kind, value, minPurchase, maxDiscount } = series;
  const validFrom = voucher.validFrom ?? series.validFrom;
  const validUntil = voucher.validUntil ?? series.validUntil;
  return { kind, value, minPurchase, maxDiscount, validFrom, validUntil };
}

/** A voucher's first good business day: without one of its own or its series', its issue's. */
export function effectiveDay(record: VoucherRecord, timeZone: string): string {
  const { issuedAt, createdAt } = record.voucher;
  return voucherTerms(record).validFrom ?? dayOf(issuedAt ?? createdAt, timeZone);
}

/** A redemption as a dialect hands it over. */
export interface RedeemVoucherInput {
  readonly code: string;
  /** Number of the customer who redeems. */
  readonly customer: number;
  /** The purchase in the currency's smallest unit; null when the till does not tell. */
  readonly purchase: number | null;
  readonly reference: string | null;
}

/** What a redemption came to; kept with the voucher, so that its repeat answers alike. */
export interface VoucherRedemption extends Discount {
  /** The voucher's number: it is redeemed once, so its number also names the redemption. */
  readonly number: number;
  readonly kind: VoucherKind;
  readonly value: number;
}

/**
 * Redeems a voucher: one conditional statement decides among any number of redemptions at once, and
 * its event is committed in the same batch. The same reference and code answer with the first
 * outcome; another code under the same reference, as of one order, is another redemption.
 * `customer_blocked`, `customer_inactive`.
 */
export async function redeemVoucher(
  ctx: Context,
  input: RedeemVoucherInput,
): Promise<Result<VoucherRedemption, LoyaltyError>> {
  const customer = await resolveCustomer(ctx, input.customer);
  if (!customer.ok) return customer;
  return guardWrite(ctx, input.customer, async (work) => {
    const record = await findByCode(ctx, input.code);
    if (record === undefined) return notFound("voucher");
    const { purchase, reference } = input;
    const by = { customer: customer.value, purchase, reference };
    const first = firstOutcome(record, by);
    if (first !== null) return ok(first);
    const allowed = await requireActiveCustomers(ctx, [customer.value]);
    return allowed.ok ? redeemOnce(ctx, work, record, by) : allowed;
  });
}

/** Expiry is told before a withdrawal, but a voucher that was used is used for ever. */
const BEARER_ORDER: readonly VoucherFault[] = ["redeemed", "expired", "voided", "early"];

/**
 * Redeems a flat voucher for whoever brings its code, in any case, at a till that names neither
 * customer nor purchase; whose it was is told by the voucher as it stands afterwards. A voucher
 * whose worth depends on the purchase is `not_found`: it would be used up for nothing.
 * `customer_blocked`, `customer_inactive` for that of somebody who may not use it.
 */
export async function redeemBearerVoucher(
  ctx: Context,
  code: string,
): Promise<Result<VoucherRecord, LoyaltyError>> {
  const { id: merchantId } = ctx.principal.merchant;
  const redeemed = await guardWrite<string>(ctx, null, async (work) => {
    const record = await findVoucherAnyCase(ctx.db, merchantId, code.trim());
    if (record === undefined || record.series.kind !== "amount") return notFound("voucher");
    const { customerId } = record.voucher;
    const allowed = await requireActiveCustomers(ctx, customerId === null ? [] : [customerId]);
    if (!allowed.ok) return allowed;
    const by = { customer: null, purchase: null, reference: null, order: BEARER_ORDER };
    const once = redeemOnce(ctx, work, record, by);
    return once.ok ? ok(record.voucher.id) : once;
  });
  if (!redeemed.ok) return redeemed;
  const stored = await findVoucher(ctx.db, merchantId, redeemed.value);
  return stored === undefined ? notFound("voucher") : ok(stored);
}

/** Who redeems, and what the till tells of it. */
interface Redeemer {
  readonly customer: string | null;
  readonly purchase: number | null;
  readonly reference: string | null;
  readonly order?: readonly VoucherFault[];
}

function redeemOnce(
  ctx: Context,
  work: UnitOfWork,
  record: VoucherRecord,
  by: Redeemer,
): Result<VoucherRedemption, LoyaltyError> {
  const { db, now, principal } = ctx;
  const { merchant } = principal;
  const { voucher, series } = record;
  const { purchase, reference, ...redeemer } = by;
  const day = dayOf(now, merchant.timeZone);
  const judged = judgeRedemption(
    voucherTerms(record),
    { status: voucher.status, customer: voucher.customerId },
    { ...redeemer, purchase, currency: merchant.currency, day },
  );
  if (!judged.ok) return judged;
  const { kind, value } = series;
  const redemption = { number: voucher.number, kind, value, ...judged.value };
  const customerId = by.customer ?? voucher.customerId;
  const write = { merchantId: merchant.id, id: voucher.id, customerId, reference, redemption, now };
  work.addConditional(redeemVoucherWrite(db, write));
  const told = voucherEvent(ctx, "voucher.redeemed", record, customerId, {
    discount: moneyText(judged.value.discount, merchant.currency),
    purchase: moneyText(purchase, merchant.currency),
  });
  work.addEvents(merchant.id, [told]);
  return ok(redemption);
}

/** What a voucher was redeemed for by the same customer under the same reference; or else null. */
function firstOutcome(
  { voucher }: VoucherRecord,
  { customer, reference }: Redeemer,
): VoucherRedemption | null {
  const isSame = voucher.redeemedBy === customer && voucher.redeemReference === reference;
  const isRepeat = reference !== null && voucher.status === "redeemed" && isSame;
  return isRepeat ? (voucher.redemption as VoucherRedemption) : null;
}

/** An issue as a dialect hands it over. */
export interface IssueVoucherInput {
  readonly seriesId: string;
  readonly customer: number;
  readonly reference: string | null;
  /** How the customer gets it, e.g. `email`; only told in the event. */
  readonly deliveredVia: string | null;
}

/**
 * Gives a customer the series' next free voucher, which one statement takes: any number at once
 * each get another. The same reference answers with the same voucher. `not_found` (voucher) when
 * none is left; `customer_blocked`, `customer_inactive`.
 */
export async function issueVoucher(
  ctx: Context,
  input: IssueVoucherInput,
): Promise<Result<VoucherRecord, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const merchantId = principal.merchant.id;
  const found = await resolveCustomer(ctx, input.customer);
  if (!found.ok) return found;
  const customerId = found.value;
  const { reference, seriesId } = input;
  const issued = await guardWrite<string>(ctx, input.customer, async (work) => {
    const prior =
      reference === null
        ? undefined
        : await findVoucherByIssueReference(db, merchantId, customerId, reference);
    if (prior !== undefined && reference !== null) {
      return prior.series.id === seriesId
        ? ok(prior.voucher.id)
        : err({ code: "reference_reused", reference });
    }
    const allowed = await requireActiveCustomers(ctx, [customerId]);
    if (!allowed.ok) return allowed;
    const free = await findFreeVoucher(db, merchantId, seriesId);
    if (free === undefined) return notFound("voucher");
    const told = { delivered_via: input.deliveredVia };
    const event = voucherEvent(ctx, "voucher.issued", free, customerId, told);
    work.addTaking(
      issueNextVoucher(db, { merchantId, seriesId, customerId, reference, now, event }),
    );
    // What is taken may be another; where nothing is kept it would be this one.
    return ok(free.voucher.id);
  });
  if (!issued.ok) return issued;
  const record = await findVoucher(db, merchantId, issued.value);
  return record === undefined ? notFound("voucher") : ok(record);
}

/** The merchant's voucher that a typed code means. */
export async function getVoucher(
  ctx: Context,
  code: string,
): Promise<Result<VoucherRecord, LoyaltyError>> {
  const record = await findByCode(ctx, code);
  return record === undefined ? notFound("voucher") : ok(record);
}

/** The merchant's voucher with exactly that code. */
export async function getVoucherByCode(
  ctx: Context,
  code: string,
): Promise<Result<VoucherRecord, LoyaltyError>> {
  const [record] = await findVouchersByCodes(ctx.db, ctx.principal.merchant.id, [code]);
  return record === undefined ? notFound("voucher") : ok(record);
}

/** Vouchers that a customer could redeem today, at most `limit`, the customer's own first. */
export async function redeemableVouchers(
  ctx: Context,
  customer: string,
  limit: number,
): Promise<readonly VoucherRecord[]> {
  const { merchant } = ctx.principal;
  const day = dayOf(ctx.now, merchant.timeZone);
  return listRedeemable(ctx.db, merchant.id, customer, day, limit);
}

/** A customer's own flat vouchers that are good today, soonest expiry first, at most `limit`. */
export async function ownFlatVouchers(
  ctx: Context,
  customer: string,
  limit: number,
): Promise<readonly VoucherRecord[]> {
  const { merchant } = ctx.principal;
  const day = dayOf(ctx.now, merchant.timeZone);
  return listOwnVouchers(ctx.db, merchant.id, customer, { kind: "amount", day, limit });
}

function findByCode(ctx: Context, code: string): Promise<VoucherRecord | undefined> {
  return findVoucherByCode(ctx.db, ctx.principal.merchant.id, codeCandidates(code));
}

function moneyText(amount: number | null, currency: string): Record<string, string> | null {
  if (amount === null) return null;
  return { amount: formatDecimal(amount, currencyScale(currency)), currency };
}

/** The event of what happens to a voucher. */
export function voucherEvent(
  ctx: Context,
  type: EventType,
  record: VoucherRecord,
  customer: string | null,
  more: Readonly<Record<string, unknown>> = {},
): BookedEvent {
  const { voucher, series } = record;
  const { id, kind } = series;
  const data = { customer, voucher: voucher.id, series: id, kind, ...more };
  return makeEvent(ctx, type, customer, data);
}
