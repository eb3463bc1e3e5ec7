import { unitScale } from "../../core/amount.ts";
import type { Receipt } from "../../core/entries.ts";
import type { Standing } from "../../core/tiers.ts";
import type { CustomerRecord } from "../../services/customers.ts";
import type { PointsBalance } from "../../services/points.ts";

const POINT = 10 ** unitScale("point", "");

/** Whole points on the wire to smallest steps. */
export function fromWholePoints(points: number): number {
  return points * POINT;
}

/** Smallest steps to the whole points that KiriMel counts; what is less than a point is not shown. */
export function wholePoints(steps: number): number {
  return Math.floor(steps / POINT);
}

/** `CUST_<n>` of a customer's number. */
export function customerText(number: number): string {
  return `CUST_${number}`;
}

const CUSTOMER = /^(?:CUST_)?0*([1-9]\d{0,14})$/;

/** The number in a `customer_id`, with or without its prefix; null when there is none. */
export function parseCustomer(text: string): number | null {
  const [, digits] = CUSTOMER.exec(text.trim()) ?? [];
  return digits === undefined ? null : Number(digits);
}

/**
 * `TXN_<n>` of an entry, where n is the customer's number, the entry's, and how many digits the
 * latter has. So the number is unique in the merchant without a counter that every earn would
 * write, and a reversal finds the wallet from the number alone.
 */
export function transactionText(customer: number, seq: number): string {
  return `TXN_${customer}${seq}${String(seq).length}`;
}

/** A time as KiriMel writes it: UTC, whole seconds. */
export function timeText(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

const timeOrNull = (time: number | null): string | null => (time === null ? null : timeText(time));

/** Body of `customers/register`. */
export function registerBody(number: number, points: PointsBalance): object {
  return {
    success: true,
    customer_id: customerText(number),
    // One wallet per customer: they share the number.
    wallet_id: `WALLET_${number}`,
    points_balance: wholePoints(points.balance),
    tier: points.standing.tier,
  };
}

/** Body of the two lookups. */
export function lookupBody(record: CustomerRecord, points: PointsBalance): object {
  const { customer, identifiers, siteNumber } = record;
  return {
    success: true,
    data: {
      id: customer.number,
      site_id: siteNumber,
      phone: identifiers.find((identifier) => identifier.kind === "phone")?.value ?? null,
      name: customer.name,
      email: customer.email,
      status: customer.status.toUpperCase(),
      balance_points: wholePoints(points.balance),
      joined_at: timeText(customer.joinedAt),
      last_earn_at: timeOrNull(points.head.lastEarnedAt),
      last_redeem_at: timeOrNull(points.head.lastRedeemedAt),
      last_seen_at: timeOrNull(customer.lastSeenAt),
    },
  };
}

function tierProgress(standing: Standing): object {
  return {
    current_tier: standing.tier,
    points_to_next: Math.ceil(standing.missing / POINT),
    next_tier: standing.next,
  };
}

/** Body of `points/earn`. */
export function earnBody(customer: number, receipt: Receipt): object {
  return {
    success: true,
    transaction_id: transactionText(customer, receipt.seq),
    points_awarded: wholePoints(receipt.amount),
    new_balance: wholePoints(receipt.balance),
    tier_progress: tierProgress(receipt.standing),
  };
}

/** Body of `points/redeem`. */
export function redeemBody(customer: number, receipt: Receipt): object {
  return {
    success: true,
    transaction_id: transactionText(customer, receipt.seq),
    points_redeemed: wholePoints(-receipt.amount),
    new_balance: wholePoints(receipt.balance),
  };
}

/** Body of `wallet/balance`. */
export function balanceBody(customer: number, points: PointsBalance): object {
  return {
    success: true,
    customer_id: customerText(customer),
    balance: wholePoints(points.balance),
    tier: { name: points.standing.tier, benefits: points.benefits },
    points_expiring_soon: wholePoints(points.expiring),
    expiry_date: points.expiryDate,
  };
}
