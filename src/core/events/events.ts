import type { Unit } from "../amount.ts";
import { currencyScale, formatDecimal, unitScale } from "../amount.ts";
import { makeId, ulidOf } from "../ids.ts";
import type { Bill, Entry, MovementKind, VoucherGrant } from "../ledger/entries.ts";
import { billIdOf, DEBT, holdingOf, NEVER } from "../ledger/entries.ts";
import { statusOf } from "../ledger/status.ts";
import type { Program } from "../program/program.ts";
import { isUpgrade } from "../program/tiers.ts";
import type { BookedEvent } from "./body.ts";
import type { EventType } from "./catalogue.ts";

/** Whose wallet an event tells of. */
export interface EventSubject {
  readonly customer: string;
  /** ISO 4217; gives prepaid amounts their scale. */
  readonly currency: string;
}

const MOVEMENT_TYPES: Readonly<Record<Unit, Readonly<Record<MovementKind, EventType>>>> = {
  point: {
    open: "points.adjusted",
    earn: "points.earned",
    redeem: "points.redeemed",
    adjust: "points.adjusted",
    reverse: "points.reversed",
    expire: "points.expired",
  },
  stamp: {
    open: "stamp.adjusted",
    earn: "stamp.added",
    redeem: "stamp.redeemed",
    adjust: "stamp.adjusted",
    reverse: "stamp.reversed",
    expire: "stamp.expired",
  },
  prepaid: {
    open: "prepaid.adjusted",
    earn: "prepaid.topped_up",
    redeem: "prepaid.redeemed",
    adjust: "prepaid.adjusted",
    reverse: "prepaid.reversed",
    expire: "prepaid.expired",
  },
};

/**
 * The event that tells of an entry: one each, with the entry's ULID and number, so that a second
 * publication is recognisably the same. Pure: the ledger is the outbox.
 */
export function eventOf(
  entry: Entry,
  before: string | null,
  subject: EventSubject,
  program: Program,
): BookedEvent {
  return {
    id: makeId("evt", ulidOf("ent", entry.id) ?? entry.id),
    type: eventType(entry, before, program),
    customerId: subject.customer,
    sequence: entry.seq,
    timestamp: entry.recordedAt,
    data: {
      customer: subject.customer,
      entry: entry.id,
      ...ownData(entry, subject.currency),
      tier: entry.after.tier ?? program.tiers[0]?.name ?? null,
      corrects: entry.corrects,
      dialect: entry.source.dialect,
      site: entry.source.site,
      occurred_at: timeText(entry.occurredAt),
      recorded_at: timeText(entry.recordedAt),
    },
  };
}

/** What the event tells of its entry, by what it records. */
function ownData(entry: Entry, currency: string): BookedEvent["data"] {
  const { bill, billId, voucher } = entry.remarks;
  if (bill !== undefined) return billData(entry, bill, currency);
  if (entry.kind === "void") return { bill: billId };
  if (entry.kind === "status") return { status: statusOf(entry.after) };
  return voucher === undefined ? movementData(entry, currency) : voucherData(entry, voucher);
}

function movementData(entry: Entry, currency: string): BookedEvent["data"] {
  const scale = unitScale(entry.unit, currency);
  const { billId } = entry.remarks;
  return {
    unit: entry.unit,
    amount: formatDecimal(entry.amount, scale),
    balance: formatDecimal(holdingOf(entry.after, entry.unit).balance, scale),
    lots: entry.lots
      .filter((lot) => lot.expiresAt !== DEBT)
      .map((lot) => ({
        amount: formatDecimal(lot.amount, scale),
        expires_at: lot.expiresAt === NEVER ? null : timeText(lot.expiresAt),
      })),
    ...(billId === undefined ? {} : { bill: billId }),
  };
}

/** Of a bill its sums: the lines stay in the ledger. */
function billData(entry: Entry, bill: Bill, home: string): BookedEvent["data"] {
  const { amount, currency } = bill.total;
  const points = unitScale("point", home);
  return {
    bill: billIdOf(entry),
    number: bill.number,
    total: { amount: formatDecimal(amount, currencyScale(currency)), currency },
    lines: bill.lines.length,
    points_earned: formatDecimal(entry.receipt?.bill?.earned ?? 0, points),
  };
}

/** Of a voucher no code: whoever knows it could use it. */
function voucherData(entry: Entry, { id, series, kind }: VoucherGrant): BookedEvent["data"] {
  return { voucher: id, series, kind, bill: entry.remarks.billId };
}

function timeText(time: number): string {
  return new Date(time).toISOString();
}

function isReturn({ remarks }: Entry): boolean {
  return (remarks.bill?.total.amount ?? 0) < 0;
}

function eventType(entry: Entry, before: string | null, program: Program): EventType {
  const { kind, unit } = entry;
  if (kind === "tier") {
    return isUpgrade(program, before, entry.after.tier) ? "tier.upgraded" : "tier.downgraded";
  }
  if (kind === "status") return "customer.status_changed";
  if (kind === "bill") return isReturn(entry) ? "bill.returned" : "bill.recorded";
  if (kind === "void") return "bill.voided";
  if (kind === "voucher") return "voucher.issued";
  if (kind === "withdraw") return "voucher.voided";
  return MOVEMENT_TYPES[unit][kind];
}
