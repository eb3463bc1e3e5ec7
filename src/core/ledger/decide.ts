import type { Unit } from "../amount.ts";
import { MAX_BALANCE } from "../amount.ts";
import type { LoyaltyError } from "../errors.ts";
import { notFound } from "../errors.ts";
import type { Program } from "../program/program.ts";
import { isUpgrade, standingFor } from "../program/tiers.ts";
import { pointsForBill, pointsForPurchase } from "../purchases/earning.ts";
import { BY_PROGRAM } from "../purchases/purchase.ts";
import type { Result } from "../result.ts";
import { err, ok } from "../result.ts";
import type {
  AdjustCommand,
  BillCommand,
  CommandRequest,
  EarnCommand,
  OpenCommand,
  RedeemCommand,
  ReverseCommand,
  VoidCommand,
} from "./commands.ts";
import type { Draft, Ledger } from "./draft.ts";
import { book, byExpiry, give, mergeLots, startDraft, takeFirstToExpire } from "./draft.ts";
import type { Entry, EntryKind, Head, Lot, LotChange, Receipt, Remarks } from "./entries.ts";
import { billIdOf, DEBT, holdingOf, SYSTEM_SOURCE } from "./entries.ts";
import type { Correction } from "./reversal.ts";
import { takeAway, takeBack } from "./reversal.ts";
import { changeStatus, refusalOf } from "./status.ts";

/** What a command leads to: lines to store in this order, and its receipt. */
export interface Decision {
  readonly entries: readonly Entry[];
  readonly head: Head;
  /** Null only for a command that moves nothing of its own (expiry). */
  readonly receipt: Receipt | null;
}

type Booked = Result<Entry | null, LoyaltyError>;

/**
 * Decides a command on a wallet: pure, without clock or random source. Lots that are due expire
 * first, in entries of their own. `clock` is milliseconds since the epoch. Refusals:
 * `customer_blocked`, `customer_inactive`, `erased`, `insufficient_balance`, `balance_limit`,
 * `not_found` (entry), `already_reversed`.
 */
export function decide(
  ledger: Ledger,
  request: CommandRequest,
  clock: number,
): Result<Decision, LoyaltyError> {
  const refusal = refusalOf(ledger.head, request.command);
  if (refusal !== null) return err(refusal);
  const draft = startDraft(ledger, request, clock);
  expireDue(draft);
  const booked = decideCommand(draft);
  if (!booked.ok) return booked;
  const main = booked.value;
  if (main === null) return ok({ entries: draft.entries, head: draft.head, receipt: null });
  for (const entry of draft.entries.slice(draft.entries.indexOf(main))) expireLate(draft, entry);
  const receipt = receiptFor(draft, main);
  const entries = draft.entries.map((entry) => (entry === main ? { ...entry, receipt } : entry));
  return ok({ entries, head: draft.head, receipt });
}

function decideCommand(draft: Draft): Booked {
  const { command } = draft.request;
  switch (command.kind) {
    case "earn":
      return earn(draft, command);
    case "bill":
      return bill(draft, command);
    case "redeem":
      return redeem(draft, command);
    case "adjust":
      return adjust(draft, command);
    case "reverse":
      return reverse(draft, command);
    case "void":
      return voidBill(draft, command);
    case "open":
      return open(draft, command);
    case "expire":
      return ok(null);
    case "status":
      return changeStatus(draft, command);
  }
}

/** In the order of time and not of units, so that an alarm at each expiry books the same. */
function expireDue(draft: Draft): void {
  for (const lot of [...draft.ledger.dueLots(draft.now)].sort(byExpiry)) bookExpiry(draft, lot);
}

/** A lot that a reversal or an offline till brings after its time expires at once. */
function expireLate(draft: Draft, { kind, unit, lots }: Entry): void {
  // What an expiry gives back, the reversal behind it takes.
  if (kind === "expire") return;
  for (const { expiresAt, amount } of lots) {
    if (amount <= 0 || expiresAt === DEBT || expiresAt > draft.now) continue;
    bookExpiry(draft, { unit, expiresAt, amount });
  }
}

function bookExpiry(draft: Draft, { unit, expiresAt, amount }: Lot): void {
  book(draft, {
    kind: "expire",
    unit,
    lots: [{ expiresAt, amount: -amount }],
    occurredAt: expiresAt,
    source: SYSTEM_SOURCE,
    remarks: {},
  });
}

function earn(draft: Draft, command: EarnCommand): Booked {
  const { unit, grant, expiresAt } = command;
  const { earned } = holdingOf(draft.head, "point");
  const amount =
    "amount" in grant
      ? grant.amount
      : pointsForPurchase(draft.request.program, purchaseOf(grant), earned);
  if (amount === null || exceedsLimit(draft, command.unit, amount)) {
    return err({ code: "balance_limit", unit });
  }
  const lots = amount === 0 ? [] : give(draft, unit, [{ expiresAt, amount }]);
  const head = { lastEarnedAt: latest(draft, draft.head.lastEarnedAt) };
  const entry = book(draft, { kind: "earn", unit, lots, earned: amount, head });
  bookTierChange(draft);
  return ok(entry);
}

function purchaseOf({ purchase: base, day }: Exclude<EarnCommand["grant"], { amount: number }>) {
  return { base, lines: [], earning: BY_PROGRAM, day };
}

/** The bill is the entry that carries the command; what it gives follows in entries behind it. */
function bill(draft: Draft, command: BillCommand): Booked {
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
  const entry = book(draft, { kind: "bill", unit: "point", lots: [], remarks: recorded });
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

function redeem(draft: Draft, command: RedeemCommand): Booked {
  const { unit, amount } = command;
  const short = insufficient(draft, unit, amount);
  if (short !== null) return err(short);
  const lots = takeFirstToExpire(draft, unit, amount);
  const head = { lastRedeemedAt: latest(draft, draft.head.lastRedeemedAt) };
  return ok(book(draft, { kind: "redeem", unit, lots, redeemed: amount, head }));
}

function adjust(draft: Draft, command: AdjustCommand): Booked {
  const { unit, amount, expiresAt } = command;
  if (exceedsLimit(draft, unit, amount)) return err({ code: "balance_limit", unit });
  const short = amount < 0 ? insufficient(draft, unit, -amount) : null;
  if (short !== null) return err(short);
  const lots =
    amount < 0
      ? takeFirstToExpire(draft, unit, -amount)
      : give(draft, unit, [{ expiresAt, amount }]);
  return ok(book(draft, { kind: "adjust", unit, lots }));
}

function open(draft: Draft, command: OpenCommand): Booked {
  const { unit } = command;
  const lots = mergeLots(give(draft, unit, command.lots));
  const total = lots.reduce((all, lot) => all + lot.amount, 0);
  if (exceedsLimit(draft, unit, Math.max(total, command.earned))) {
    return err({ code: "balance_limit", unit });
  }
  const entry = book(draft, { kind: "open", unit, lots, earned: command.earned });
  bookTierChange(draft);
  return ok(entry);
}

function reverse(draft: Draft, command: ReverseCommand): Booked {
  const target = draft.ledger.entry(command.seq);
  if (target === null || !["earn", "redeem", "adjust"].includes(target.kind)) {
    return notFound("entry");
  }
  const { billId } = target.remarks;
  const isOfBill = target.kind === "earn" && billId !== undefined;
  const given = isOfBill ? { remarks: { ...draft.request.remarks, billId } } : {};
  const reversed = bookReversal(draft, target, given);
  if (!reversed.ok) return reversed;
  if (isOfBill) withdrawVouchers(draft, entriesOfBill(draft.ledger, target.seq, billId));
  bookTierChange(draft);
  return reversed;
}

function bookReversal(
  draft: Draft,
  target: Entry,
  given: Correction = {},
): Result<Entry, LoyaltyError> {
  const { seq, kind, unit, amount } = target;
  if (draft.ledger.isReversed(seq)) return err({ code: "already_reversed", seq });
  const reversal = takeBack(draft, target, given);
  if (!reversal.ok) return reversal;
  const { balance } = holdingOf(draft.head, unit);
  if (balance - amount > MAX_BALANCE) return err({ code: "balance_limit", unit });
  const entry = book(draft, {
    kind: "reverse",
    unit,
    lots: reversal.value,
    corrects: seq,
    earned: kind === "earn" || kind === "reverse" ? -amount : 0,
    redeemed: kind === "redeem" ? amount : 0,
    ...(given.remarks === undefined ? {} : { remarks: given.remarks }),
  });
  return ok(entry);
}

/** The void is an entry of its own; each of what the bill moved is reversed behind it. */
function voidBill(draft: Draft, { seq, expiresAt: restoredUntil }: VoidCommand): Booked {
  const target = draft.ledger.entry(seq);
  if (target?.kind !== "bill") return notFound("entry");
  if (draft.ledger.isReversed(seq)) return err({ code: "already_reversed", seq });
  const remarks = { ...draft.request.remarks, billId: billIdOf(target) };
  const entry = book(draft, { kind: "void", unit: "point", lots: [], corrects: seq, remarks });
  const own = entriesOfBill(draft.ledger, seq, billIdOf(target));
  for (const moved of own.filter(({ kind }) => GAINS.includes(kind))) {
    // A person may have taken it back by itself before.
    if (draft.ledger.isReversed(moved.seq)) continue;
    const reversed = bookReversal(draft, moved, { restoredUntil, remarks });
    if (!reversed.ok) return reversed;
  }
  withdrawVouchers(draft, own);
  bookTierChange(draft);
  return ok(entry);
}

/** What of a bill stands right behind its entry `seq`, the change of tier not counted. */
function entriesOfBill(ledger: Ledger, seq: number, billId: string): Entry[] {
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
function withdrawVouchers(draft: Draft, own: readonly Entry[]): void {
  for (const { seq, kind, remarks } of own) {
    const { voucher, billId } = remarks;
    if (kind !== "voucher" || voucher === undefined || draft.ledger.isReversed(seq)) continue;
    const told = { ...draft.request.remarks, voucher, ...(billId === undefined ? {} : { billId }) };
    book(draft, { kind: "withdraw", unit: "point", lots: [], corrects: seq, remarks: told });
  }
}

/** Lifetime points decide the tier; a change is a line of its own. */
function bookTierChange(draft: Draft): void {
  const { program } = draft.request;
  const { tier } = standingFor(program, holdingOf(draft.head, "point").earned);
  if (tier === heldTier(draft.head, program)) return;
  book(draft, { kind: "tier", unit: "point", lots: [], head: { tier } });
}

/** A wallet that has never changed its tier is in the lowest. */
function heldTier(head: Head, program: Program): string | null {
  return head.tier ?? program.tiers[0]?.name ?? null;
}

function receiptFor(draft: Draft, main: Entry): Receipt {
  const { program } = draft.request;
  const standing = standingFor(program, holdingOf(draft.head, "point").earned);
  const changed = draft.entries.some((entry) => entry.kind === "tier");
  const withdrawn = draft.entries.flatMap(({ kind, remarks: { voucher } }) =>
    kind === "withdraw" && voucher !== undefined ? [voucher] : [],
  );
  return {
    seq: main.seq,
    entry: main.id,
    unit: main.unit,
    amount: main.amount,
    balance: holdingOf(draft.head, main.unit).balance,
    standing,
    recordedAt: main.recordedAt,
    ...(changed ? { tierBefore: heldTier(draft.ledger.head, program) } : {}),
    ...(main.corrects === null ? {} : { corrects: main.corrects }),
    ...(withdrawn.length === 0 ? {} : { withdrawn }),
    ...(draft.request.command.kind === "bill"
      ? { bill: billReceipt(draft, draft.request.command) }
      : {}),
  };
}

/** What of a bill's entries moves an amount. */
const GAINS: readonly EntryKind[] = ["earn", "reverse"];

function billReceipt(draft: Draft, { vouchers = [] }: BillCommand): Receipt["bill"] & {} {
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

function insufficient(draft: Draft, unit: Unit, requested: number): LoyaltyError | null {
  const { balance } = holdingOf(draft.head, unit);
  if (balance >= requested) return null;
  return { code: "insufficient_balance", unit, requested, available: Math.max(0, balance) };
}

/** When it happened last: an offline till may tell later of what was earlier. */
function latest(draft: Draft, before: number | null): number {
  return Math.max(before ?? draft.occurredAt, draft.occurredAt);
}

function exceedsLimit(draft: Draft, unit: Unit, amount: number): boolean {
  const { balance, earned } = holdingOf(draft.head, unit);
  return Math.max(balance, earned) + amount > MAX_BALANCE;
}

/**
 * Throws when a decision breaks an invariant of the ledger: numbers that rise by one, an amount
 * that is not the sum of its lots, a balance that is not the one before plus the amount, or a debt
 * that grows though no rule allows it. Runs in production, before anything is stored.
 */
export function assertDecision(before: Head, decision: Decision, program: Program): void {
  let head = before;
  for (const entry of decision.entries) {
    const held = holdingOf(head, entry.unit).balance;
    const now = holdingOf(entry.after, entry.unit).balance;
    const lots = entry.lots.reduce((total, lot) => total + lot.amount, 0);
    const sound =
      entry.seq === head.seq + 1 &&
      entry.after.seq === entry.seq &&
      entry.amount === lots &&
      now === held + entry.amount &&
      Number.isSafeInteger(now) &&
      (now >= Math.min(held, 0) || program.allowDebt) &&
      (now < 0 || !entry.lots.some((lot) => lot.expiresAt === DEBT && lot.amount < 0));
    if (!sound) throw new Error(`ledger invariant broken at entry ${entry.seq} (${entry.kind})`);
    head = entry.after;
  }
}
