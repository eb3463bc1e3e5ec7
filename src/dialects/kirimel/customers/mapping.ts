import type * as z from "zod";
import type {
  Entry,
  EntryKind,
  MovementKind,
  Receipt,
  RecordKind,
} from "../../../core/ledger/entries.ts";
import { holdingOf, MOVEMENT_KINDS } from "../../../core/ledger/entries.ts";
import { pointsDelta, wholePoints } from "../../../http/wire/amounts.ts";
import type { Customer } from "../../../services/customers/customers.ts";
import { identifierOf } from "../../../services/customers/customers.ts";
import type { NumberedEnrolment } from "../../../services/customers/registration.ts";
import type { PointsBalance } from "../../../services/ledger/points.ts";
import { customerText, dataBody, progressBody, timeText, transactionText } from "../mapping.ts";
import type { available } from "../vouchers/answers.ts";
import type {
  adjustAnswer,
  customer,
  enrichedAnswer,
  lookupAnswer,
  registerAnswer,
  tierAnswer,
  transaction,
} from "./answers.ts";

const STATUSES = {
  active: "ACTIVE",
  inactive: "INACTIVE",
  blocked: "BLOCKED",
  erased: "ERASED",
} as const;

const timeOrNull = (time: number | null): string | null => (time === null ? null : timeText(time));

/** Body of `customers/register`. */
export function registerBody({
  number,
  balance,
  tier,
}: NumberedEnrolment): z.input<typeof registerAnswer> {
  return {
    success: true,
    customer_id: customerText(number),
    // One wallet per customer: they share the number.
    wallet_id: `WALLET_${number}`,
    points_balance: wholePoints(balance),
    tier,
  };
}

/** Body of the look-ups. */
export function lookupBody(known: Customer, points: PointsBalance): z.input<typeof lookupAnswer> {
  return dataBody({
    id: known.number,
    site_id: known.siteNumber,
    ...identityOf(known),
    balance_points: wholePoints(points.balance),
    joined_at: timeText(known.joinedAt),
    last_earn_at: timeOrNull(points.head.lastEarnedAt),
    last_redeem_at: timeOrNull(points.head.lastRedeemedAt),
    last_seen_at: timeOrNull(known.lastSeenAt),
  });
}

/** One line of `GET customers`: the object of the look-ups. */
export function customerLine(known: Customer): z.input<typeof customer> {
  const { wallet } = known;
  return {
    id: known.number,
    site_id: known.siteNumber,
    ...identityOf(known),
    balance_points: wholePoints(wallet?.points ?? 0),
    joined_at: timeText(known.joinedAt),
    last_earn_at: timeOrNull(wallet?.lastEarnedAt ?? null),
    last_redeem_at: timeOrNull(wallet?.lastRedeemedAt ?? null),
    last_seen_at: timeOrNull(known.lastSeenAt),
  };
}

/** Body of `customers/lookup-enriched`. */
export function enrichedBody(
  known: Customer,
  points: PointsBalance,
  sections: Sections,
): z.input<typeof enrichedAnswer> {
  const { stats, transactions, vouchers } = sections;
  const wallet = {
    balance_points: wholePoints(points.balance),
    ...(stats
      ? {
          total_earned: wholePoints(points.earned),
          total_redeemed: wholePoints(points.redeemed),
        }
      : {}),
  };
  return dataBody({
    customer: { id: known.number, ...identityOf(known) },
    wallet,
    ...(transactions === null ? {} : { recent_transactions: transactions }),
    ...(vouchers === null ? {} : { available_vouchers: vouchers }),
  });
}

/** What an enriched look-up was asked for besides; null: not asked for. */
export interface Sections {
  readonly stats: boolean;
  readonly transactions: z.input<typeof transaction>[] | null;
  readonly vouchers: z.input<typeof available>[] | null;
}

function identityOf(known: Customer) {
  const { name, email, status } = known;
  return { phone: identifierOf(known, "phone"), name, email, status: STATUSES[status] };
}

const TRANSACTION_TYPES = {
  open: "OPENING",
  earn: "EARN",
  redeem: "REDEEM",
  adjust: "ADJUST",
  reverse: "REVERSE",
  expire: "EXPIRE",
} as const satisfies Readonly<Record<MovementKind, string>>;

function isUntold(kind: EntryKind): kind is RecordKind {
  return !Object.hasOwn(TRANSACTION_TYPES, kind);
}

/** Entry kinds that are transactions to KiriMel; with a type, only that one (any case). */
export function transactionKinds(type: string | undefined): readonly EntryKind[] {
  if (type === undefined) return MOVEMENT_KINDS;
  return MOVEMENT_KINDS.filter((kind) => TRANSACTION_TYPES[kind] === type.toUpperCase());
}

/** One line of a customer's transactions. */
export function transactionLine(
  number: number,
  entry: Entry,
  reference: string | null,
): z.input<typeof transaction> {
  return {
    transaction_id: transactionText(number, entry.seq),
    transaction_type: isUntold(entry.kind) ? null : TRANSACTION_TYPES[entry.kind],
    points_delta: pointsDelta(entry.amount),
    balance_after: wholePoints(holdingOf(entry.after, "point").balance),
    // An opening balance has a reference of ours, not of a till.
    reference: entry.kind === "open" ? null : reference,
    created_at: timeText(entry.recordedAt),
  };
}

/** Body of `customers/{id}/adjust`. */
export function adjustBody(number: number, receipt: Receipt): z.input<typeof adjustAnswer> {
  return dataBody({
    transaction_id: transactionText(number, receipt.seq),
    points_delta: pointsDelta(receipt.amount),
    new_balance: wholePoints(receipt.balance),
  });
}

/** Body of `customers/{id}/tier`. */
export function tierBody(points: PointsBalance): z.input<typeof tierAnswer> {
  return dataBody({ ...progressBody(points.standing), benefits: points.benefits });
}
