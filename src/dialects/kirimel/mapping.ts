import type {
  Entry,
  EntryKind,
  MovementKind,
  Receipt,
  RecordKind,
} from "../../core/ledger/entries.ts";
import { holdingOf, MOVEMENT_KINDS } from "../../core/ledger/entries.ts";
import type { Standing } from "../../core/program/tiers.ts";
import { moneyNumber, pointsDelta, wholePoints, wholePointsUp } from "../../http/wire/amounts.ts";
import type { CustomerLine, CustomerRecord } from "../../services/customers/customers.ts";
import type { NumberedEnrolment } from "../../services/customers/registration.ts";
import type { PointsBalance, RedemptionPreview } from "../../services/ledger/points.ts";

/** Points count as expiring soon within so many milliseconds: 30 days. */
export const SOON_MS = 30 * 24 * 60 * 60 * 1000;

export {
  fromWholePoints,
  fromWireMoney,
  moneyNumber,
  WIRE_SCALE,
  wholePoints,
} from "../../http/wire/amounts.ts";

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

const TRANSACTION = /^(?:TXN_)?0*([1-9]\d{0,30})$/;

/** The customer's and the entry's number in a transaction's; null when it cannot be one. */
export function parseTransaction(
  text: string,
): { readonly customer: number; readonly seq: number } | null {
  const [, digits = ""] = TRANSACTION.exec(text.trim()) ?? [];
  const length = Number(digits.at(-1));
  const body = digits.slice(0, -1);
  const customer = Number(body.slice(0, -length));
  const seq = Number(body.slice(-length));
  const sound = length > 0 && body.length > length && body.at(-length) !== "0" && customer > 0;
  return sound && Number.isSafeInteger(customer) ? { customer, seq } : null;
}

/** A time as KiriMel writes it: UTC, whole seconds. */
export function timeText(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

const timeOrNull = (time: number | null): string | null => (time === null ? null : timeText(time));

/** Body of `customers/register`. */
export function registerBody({ number, balance, tier }: NumberedEnrolment): object {
  return {
    success: true,
    customer_id: customerText(number),
    // One wallet per customer: they share the number.
    wallet_id: `WALLET_${number}`,
    points_balance: wholePoints(balance),
    tier,
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

/** Body of a `{success, data}` answer. */
export function dataBody(data: object): object {
  return { success: true, data };
}

/** One line of `GET customers`: the object of the lookups. */
export function customerLine(line: CustomerLine): object {
  const { customer, wallet, phone, siteNumber } = line;
  return {
    id: customer.number,
    site_id: siteNumber,
    phone,
    name: customer.name,
    email: customer.email,
    status: customer.status.toUpperCase(),
    balance_points: wholePoints(wallet?.points ?? 0),
    joined_at: timeText(customer.joinedAt),
    last_earn_at: timeOrNull(wallet?.lastEarnedAt ?? null),
    last_redeem_at: timeOrNull(wallet?.lastRedeemedAt ?? null),
    last_seen_at: timeOrNull(customer.lastSeenAt),
  };
}

const TRANSACTION_TYPES: Readonly<Record<MovementKind, string>> = {
  open: "OPENING",
  earn: "EARN",
  redeem: "REDEEM",
  adjust: "ADJUST",
  reverse: "REVERSE",
  expire: "EXPIRE",
};

function isUntold(kind: EntryKind): kind is RecordKind {
  return !Object.hasOwn(TRANSACTION_TYPES, kind);
}

/** Entry kinds that are transactions to KiriMel; with a type, only that one (any case). */
export function transactionKinds(type: string | undefined): readonly EntryKind[] {
  if (type === undefined) return MOVEMENT_KINDS;
  return MOVEMENT_KINDS.filter((kind) => TRANSACTION_TYPES[kind] === type.toUpperCase());
}

/** One line of a customer's transactions. */
export function transactionLine(customer: number, entry: Entry, reference: string | null): object {
  return {
    transaction_id: transactionText(customer, entry.seq),
    transaction_type: isUntold(entry.kind) ? null : TRANSACTION_TYPES[entry.kind],
    points_delta: pointsDelta(entry.amount),
    balance_after: wholePoints(holdingOf(entry.after, "point").balance),
    // An opening balance has a reference of ours, not of a till.
    reference: entry.kind === "open" ? null : reference,
    created_at: timeText(entry.recordedAt),
  };
}

/** Body of `customers/{id}/adjust`. */
export function adjustBody(customer: number, receipt: Receipt): object {
  return dataBody({
    transaction_id: transactionText(customer, receipt.seq),
    points_delta: pointsDelta(receipt.amount),
    new_balance: wholePoints(receipt.balance),
  });
}

/** Body of `points/reverse`. */
export function reverseBody(customer: number, receipt: Receipt): object {
  return dataBody({
    transaction_id: transactionText(customer, receipt.seq),
    reversed_transaction_id: transactionText(customer, receipt.corrects ?? 0),
    points_delta: pointsDelta(receipt.amount),
    new_balance: wholePoints(receipt.balance),
  });
}

/** Body of `customers/{id}/tier`. */
export function tierBody(points: PointsBalance): object {
  return dataBody({ ...tierProgress(points.standing), benefits: points.benefits });
}

function tierProgress(standing: Standing): object {
  return {
    current_tier: standing.tier,
    points_to_next: wholePointsUp(standing.missing),
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

/** Body of `points/preview-redeem`: what the points are worth, and how many there are. */
export function previewBody(preview: RedemptionPreview, currency: string): object {
  return dataBody({
    points_to_redeem: wholePoints(preview.amount),
    points_value: moneyNumber(preview.value, currency),
    max_redeemable: wholePoints(preview.available),
    amount_discount: moneyNumber(preview.discount, currency),
  });
}
