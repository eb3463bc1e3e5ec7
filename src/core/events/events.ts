import type { BuiltInUnit, UnitDefinition } from "../amount.ts";
import { currencyScale, formatDecimal, isBuiltIn, unitText } from "../amount.ts";
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

const MOVEMENT_TYPES: Readonly<Record<BuiltInUnit, Readonly<Record<MovementKind, EventType>>>> = {
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
      ...ownData(entry, subject.currency, program.units),
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
function ownData(
  entry: Entry,
  currency: string,
  own: readonly UnitDefinition[] | undefined,
): BookedEvent["data"] {
  const { bill, billId, voucher } = entry.remarks;
  if (bill !== undefined) return billData(entry, bill, currency);
  if (entry.kind === "void") return { bill: billId };
  if (entry.kind === "status") return { status: statusOf(entry.after) };
  return voucher === undefined ? movementData(entry, currency, own) : voucherData(entry, voucher);
}

function movementData(
  entry: Entry,
  currency: string,
  own: readonly UnitDefinition[] | undefined,
): BookedEvent["data"] {
  const text = (amount: number): string => unitText(amount, entry.unit, currency, own);
  const { billId } = entry.remarks;
  return {
    unit: entry.unit,
    amount: text(entry.amount),
    balance: text(holdingOf(entry.after, entry.unit).balance),
    lots: entry.lots
      .filter((lot) => lot.expiresAt !== DEBT)
      .map((lot) => ({
        amount: text(lot.amount),
        expires_at: lot.expiresAt === NEVER ? null : timeText(lot.expiresAt),
      })),
    ...(billId === undefined ? {} : { bill: billId }),
  };
}

/** Of a bill its sums: the lines stay in the ledger. */
function billData(entry: Entry, bill: Bill, home: string): BookedEvent["data"] {
  const { amount, currency } = bill.total;
  return {
    bill: billIdOf(entry),
    number: bill.number,
    total: { amount: formatDecimal(amount, currencyScale(currency)), currency },
    lines: bill.lines.length,
    points_earned: unitText(entry.receipt?.bill?.earned ?? 0, "point", home),
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
  // What a programme calls its own is told as points are, and names its unit.
  return MOVEMENT_TYPES[isBuiltIn(unit) ? unit : "point"][kind];
}
