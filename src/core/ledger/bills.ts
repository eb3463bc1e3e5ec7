import type { Money, Unit } from "../amount.ts";
import type { LoyaltyError } from "../errors.ts";
import { notFound } from "../errors.ts";
import { isUpgrade } from "../program/tiers.ts";
import { pointsForBill } from "../purchases/earning.ts";
import { BY_PROGRAM } from "../purchases/purchase.ts";
import type { Result } from "../result.ts";
import { err, ok } from "../result.ts";
import { exceedsLimit } from "./checks.ts";
import type { BillCommand, VoidCommand } from "./commands.ts";
import type { Draft, Ledger } from "./draft.ts";
import { book, give, latest } from "./draft.ts";
import type { Entry, EntryKind, Head, LotChange, Receipt, Remarks } from "./entries.ts";
import { billIdOf, holdingOf } from "./entries.ts";
import { bookReversal, takeAway } from "./reversal.ts";
import { bookTierChange, heldTier } from "./tier-changes.ts";

/** What of a bill's entries moves an amount. */
const GAINS: readonly EntryKind[] = ["earn", "reverse"];

/**
 * Records a purchase and what it earns and grants. The bill is the entry that carries the command;
 * what it gives follows in entries behind it. `balance_limit`; `insufficient_balance` for a return.
 */
export function recordBill(draft: Draft, command: BillCommand): Result<Entry, LoyaltyError> {
  const { number, purchase, base = purchase, lines, expiresAt, stamps, vouchers = [] } = command;
  const { earning = BY_PROGRAM, day } = command;
  const { program, remarks } = draft.request;
  const { earned } = holdingOf(draft.head, "point");
  const amount = pointsForBill(program, { base, lines, earning, day }, earned);
  if (amount === null || exceedsLimit(draft, "point", amount)) {
    return err({ code: "balance_limit", unit: "point" });
  }
  if (stamps !== undefined && exceedsLimit(draft, "stamp", stamps.amount)) {
    return err({ code: "balance_limit", unit: "stamp" });
  }
  const recorded = { ...remarks, bill: { number, total: purchase, lines } };
  const head = { bills: billSums(draft.head, purchase, 1) };
  const entry = book(draft, { kind: "bill", unit: "point", lots: [], remarks: recorded, head });
  const behind = { ...remarks, billId: billIdOf(entry) };
  if (amount > 0) {
    bookGain(draft, "point", { expiresAt, amount }, behind);
    bookTierChange(draft);
  }
  if (amount < 0 && base.amount < 0) {
    const taken = takeAway(draft, "point", -amount);
    if (!taken.ok) return taken;
    const lots = taken.value;
    book(draft, { kind: "reverse", unit: "point", lots, earned: amount, remarks: behind });
    bookTierChange(draft);
  }
  if (stamps !== undefined && stamps.amount > 0) bookGain(draft, "stamp", stamps, behind);
  for (const voucher of vouchers) {
    book(draft, { kind: "voucher", unit: "point", lots: [], remarks: { ...behind, voucher } });
  }
  return ok(entry);
}

function bookGain(draft: Draft, unit: Unit, lot: LotChange, remarks: Remarks): void {
  book(draft, {
    kind: "earn",
    unit,
    lots: give(draft, unit, [lot]),
    earned: lot.amount,
    head: { lastEarnedAt: latest(draft, draft.head.lastEarnedAt) },
    remarks,
  });
}

/** The sums of a wallet's bills with one more, or with `times` of -1 without that one. */
function billSums(
  { bills = {} }: Head,
  { amount, currency }: Money,
  times: 1 | -1,
): NonNullable<Head["bills"]> {
  const { count, total } = bills[currency] ?? { count: 0, total: 0 };
  const counted = amount < 0 ? 0 : times;
  return { ...bills, [currency]: { count: count + counted, total: total + times * amount } };
}

/**
 * Takes a bill back. The void is an entry of its own; each of what the bill moved is reversed
 * behind it. `not_found` (entry), `already_reversed`, `insufficient_balance`, `balance_limit`.
 */
export function voidBill(
  draft: Draft,
  { seq, expiresAt: restoredUntil }: VoidCommand,
): Result<Entry, LoyaltyError> {
  const target = draft.ledger.entry(seq);
  const bill = target?.remarks.bill;
  if (target?.kind !== "bill" || bill === undefined) return notFound("entry");
  if (draft.ledger.correction(seq) !== null) return err({ code: "already_reversed", seq });
  const remarks = { ...draft.request.remarks, billId: billIdOf(target) };
  const head = { bills: billSums(draft.head, bill.total, -1) };
  const line = { kind: "void", unit: "point", lots: [], corrects: seq, remarks, head } as const;
  const entry = book(draft, line);
  const own = entriesOfBill(draft.ledger, seq, billIdOf(target));
  for (const moved of own.filter(({ kind }) => GAINS.includes(kind))) {
    // A person may have taken it back by itself before.
    if (draft.ledger.correction(moved.seq) !== null) continue;
    const reversed = bookReversal(draft, moved, { restoredUntil, remarks });
    if (!reversed.ok) return reversed;
  }
  withdrawVouchers(draft, own);
  bookTierChange(draft);
  return ok(entry);
}

/** What of a bill stands right behind its entry `seq`, the change of tier not counted. */
export function entriesOfBill(ledger: Ledger, seq: number, billId: string): Entry[] {
  const own: Entry[] = [];
  for (let at = seq + 1; ; at += 1) {
    const entry = ledger.entry(at);
    // What corrects an entry of the bill tells of it too, and may stand right behind.
    const isOwn = entry?.remarks.billId === billId && entry.corrects === null;
    if (entry === null || !(isOwn || entry.kind === "tier")) return own;
    if (isOwn) own.push(entry);
  }
}

/**
 * Whoever takes back what a bill gave takes back its vouchers too, or buying, keeping them and
 * bringing back would be a way to steal. Whether one was used before is for D1 to say.
 */
export function withdrawVouchers(draft: Draft, own: readonly Entry[]): void {
  for (const { seq, kind, remarks } of own) {
    const { voucher, billId } = remarks;
    if (kind !== "voucher" || voucher === undefined || draft.ledger.correction(seq) !== null) {
      continue;
    }
    const told = { ...draft.request.remarks, voucher, ...(billId === undefined ? {} : { billId }) };
    book(draft, { kind: "withdraw", unit: "point", lots: [], corrects: seq, remarks: told });
  }
}

/** What the receipt of a bill tells besides. */
export function billReceipt(draft: Draft, { vouchers = [] }: BillCommand): Receipt["bill"] & {} {
  const { program } = draft.request;
  const before = heldTier(draft.ledger.head, program);
  const gained = (unit: Unit): number =>
    draft.entries.find(({ kind, unit: own }) => own === unit && GAINS.includes(kind))?.amount ?? 0;
  const stamps = gained("stamp");
  return {
    earned: gained("point"),
    upgraded: isUpgrade(program, before, heldTier(draft.head, program)),
    ...(stamps === 0 ? {} : { stamps }),
    ...(vouchers.length === 0 ? {} : { vouchers }),
  };
}
