import type * as z from "zod";
import { currencyScale, formatShortDecimal, RATE_SCALE, type Rate } from "../../core/amount.ts";
import { makeId, ulidOf, ulidToUuid, uuidToUlid } from "../../core/ids.ts";
import type { Receipt } from "../../core/ledger/entries.ts";
import { moneyForPoints } from "../../core/purchases/earning.ts";
import { WIRE_SCALE, wholePoints } from "../../http/wire/amounts.ts";
import type { Context } from "../../services/context.ts";
import { identifierOf } from "../../services/customers/customers.ts";
import { hidesPersonalData, maskWords } from "../../services/customers/masking.ts";
import type { NamedCustomer } from "../../services/customers/profiles.ts";
import type { PointsBalance } from "../../services/ledger/points.ts";
import type { VoucherRecord } from "../../services/vouchers/vouchers.ts";
import { voucherTerms } from "../../services/vouchers/vouchers.ts";
import type { billAnswer, couponAnswer, customerAnswer, redeemAnswer } from "./answers.ts";

const COUNTRY = "+91";
const MOBILE = /^[6-9]\d{9}$/;

/** A mobile number as tills type it, in E.164; null when it is none of India. */
export function parseMobile(text: string): string | null {
  const compact = text.replaceAll(/[\s+-]/g, "");
  const bare = compact.replace(compact.length === 12 ? /^91/ : /^0/, "");
  return MOBILE.test(bare) ? COUNTRY + bare : null;
}

/** A phone number as the wire shows it: ten digits; other countries' as they are. */
export function mobileText(phone: string | null): string {
  const bare = phone?.startsWith(COUNTRY) ? phone.slice(COUNTRY.length) : phone;
  return bare !== null && bare !== undefined && MOBILE.test(bare) ? bare : (phone ?? "");
}

/** The `cus_` id with the bits of a UUID; null when the text is none. */
export function parseCustomer(text: string): string | null {
  const ulid = uuidToUlid(text.trim());
  return ulid === null ? null : makeId("cus", ulid);
}

function uuidText(prefix: "cus" | "vou" | "ent", id: string): string {
  const ulid = ulidOf(prefix, id);
  if (ulid === null) throw new Error(`not an id of the kind ${prefix}`);
  return ulidToUuid(ulid);
}

const number = (value: number, scale: number): unknown =>
  JSON.rawJSON(formatShortDecimal(value, scale));

/** Money of the wire, in hundredths, as it was received. */
const wireMoney = (hundredths: number): unknown => number(hundredths, WIRE_SCALE);

const moneyText = (ctx: Context, amount: number): unknown =>
  number(amount, currencyScale(ctx.principal.merchant.currency));

function customerBody(
  ctx: Context,
  { customer, created }: NamedCustomer,
  wallet: { readonly balance: number; readonly isNew: boolean },
): FoundBody["customer"] {
  const name = customer.name ?? "";
  const masked = hidesPersonalData(ctx.principal) && !created;
  const { segment } = customer.attributes;
  const unnamed = wallet.isNew ? "new" : "regular";
  return {
    customer_id: uuidText("cus", customer.id),
    name: masked ? maskWords(name) : name,
    mobile: mobileText(identifierOf(customer, "phone")),
    points_balance: wholePoints(wallet.balance),
    segment: typeof segment === "string" ? segment : unnamed,
  };
}

type CustomerBody = z.input<typeof customerAnswer>;
type FoundBody = Extract<CustomerBody, { found: true }>;

/** Body of `GET pos/customer` for somebody unknown. */
export function unknownBody(phone: string): CustomerBody {
  return { found: false, mobile: mobileText(phone) };
}

/** Body of `GET pos/customer`. */
export function foundBody(
  ctx: Context,
  named: NamedCustomer,
  points: PointsBalance,
  coupons: readonly VoucherRecord[],
): CustomerBody {
  const { redemptionRate } = ctx.principal.program;
  return {
    found: true,
    customer: customerBody(ctx, named, { ...points, isNew: points.head.seq === 0 }),
    points_balance: wholePoints(points.balance),
    redeemable_value: wholeMoney(ctx, points.balance),
    redemption_rate: rateNumber(redemptionRate),
    tier: points.standing.tier,
    priority_service: points.priorityService,
    active_coupons: coupons.map((coupon) => couponLine(ctx, coupon)),
  };
}

function rateNumber(rate: Rate | null): unknown {
  return rate === null ? null : number(rate, RATE_SCALE);
}

/** What points are worth, in whole units of the currency; 0 where they are worth no money. */
function wholeMoney(ctx: Context, points: number): number {
  const { merchant, program } = ctx.principal;
  const worth = moneyForPoints(program, Math.max(0, points), merchant.currency) ?? 0;
  return Math.floor(worth / 10 ** currencyScale(merchant.currency));
}

/** The only source that is documented. */
const DEFAULT_SOURCE = "campaign";

function couponLine(ctx: Context, record: VoucherRecord): FoundBody["active_coupons"][number] {
  const { voucher, series } = record;
  return {
    coupon_id: uuidText("vou", voucher.id),
    code: voucher.code,
    value: moneyText(ctx, series.value),
    source: series.source ?? DEFAULT_SOURCE,
    expiry_date: voucherTerms(record).validUntil,
  };
}

const STATUSES = { active: "active", redeemed: "used", voided: "cancelled" } as const;

/** Body of `POST pos/coupon/redeem`: the coupon as it stands now. */
export function couponBody(ctx: Context, record: VoucherRecord): z.input<typeof couponAnswer> {
  const { voucher, series } = record;
  const value = moneyText(ctx, series.value);
  const source = series.source ?? DEFAULT_SOURCE;
  const { customerId, redeemedAt } = voucher;
  return {
    valid: true,
    value,
    source,
    coupon: {
      coupon_id: uuidText("vou", voucher.id),
      code: voucher.code,
      value,
      source,
      status: STATUSES[voucher.status],
      customer_id: customerId === null ? null : uuidText("cus", customerId),
      expiry_date: voucherTerms(record).validUntil,
      used_at: redeemedAt === null ? null : timeText(redeemedAt),
    },
  };
}

/** UTC, whole seconds. */
function timeText(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Body of `POST pos/bill`; `amount` in hundredths. */
export function billBody(
  ctx: Context,
  named: NamedCustomer,
  amount: number,
  receipt: Receipt,
): z.input<typeof billAnswer> {
  const { balance, bill, standing } = receipt;
  return {
    transaction_id: uuidText("ent", receipt.entry),
    customer_id: uuidText("cus", named.customer.id),
    amount: wireMoney(amount),
    points_earned: wholePoints(bill?.earned ?? 0),
    points_redeemed: 0,
    new_balance: wholePoints(balance),
    tier: standing.tier,
    tier_upgraded: bill?.upgraded ?? false,
    customer: customerBody(ctx, named, { balance, isNew: false }),
  };
}

/** Body of `POST pos/points/redeem`; `value` in the currency's smallest unit. */
export function redeemedBody(
  ctx: Context,
  customer: string,
  receipt: Receipt,
  value: number,
): z.input<typeof redeemAnswer> {
  return {
    transaction_id: uuidText("ent", receipt.entry),
    customer_id: uuidText("cus", customer),
    points_redeemed: wholePoints(-receipt.amount),
    value: moneyText(ctx, value),
    new_balance: wholePoints(receipt.balance),
  };
}
