import type { LoyaltyError } from "../errors.ts";
import { notFound } from "../errors.ts";
import type { Program } from "../program/program.ts";
import { standingFor } from "../program/tiers.ts";
import { pointsForPurchase } from "../purchases/earning.ts";
import { BY_PROGRAM } from "../purchases/purchase.ts";
import type { Result } from "../result.ts";
import { err, ok } from "../result.ts";
import { billReceipt, entriesOfBill, recordBill, voidBill, withdrawVouchers } from "./bills.ts";
import { exceedsLimit, insufficient } from "./checks.ts";
import type {
  AdjustCommand,
  CommandRequest,
  EarnCommand,
  OpenCommand,
  RedeemCommand,
  ReverseCommand,
} from "./commands.ts";
import type { Draft, Ledger } from "./draft.ts";
import { book, byExpiry, give, latest, mergeLots, startDraft, takeFirstToExpire } from "./draft.ts";
import type { Entry, Head, Lot, Receipt } from "./entries.ts";
import { DEBT, holdingOf, SYSTEM_SOURCE } from "./entries.ts";
import { bookReversal, takenBack } from "./reversal.ts";
import { changeStatus, refusalOf } from "./status.ts";
import { bookTierChange, heldTier } from "./tier-changes.ts";

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
 * `not_found` (entry), `already_reversed`, `over_reversed`, `not_divisible`.
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
      return recordBill(draft, command);
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
  const part = command.amount === undefined ? {} : { amount: command.amount };
  const reversed = bookReversal(draft, target, { ...given, ...part });
  if (!reversed.ok) return reversed;
  if (isOfBill) withdrawVouchers(draft, entriesOfBill(draft.ledger, target.seq, billId));
  bookTierChange(draft);
  return reversed;
}

function receiptFor(draft: Draft, main: Entry): Receipt {
  const { command, program } = draft.request;
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
    ...(command.kind === "reverse" ? partsTaken(draft, main) : {}),
    ...(withdrawn.length === 0 ? {} : { withdrawn }),
    ...(command.kind === "bill" ? { bill: billReceipt(draft, command) } : {}),
  };
}

function partsTaken(draft: Draft, { corrects, amount }: Entry): Pick<Receipt, "takenBack"> {
  const target = corrects === null ? null : draft.ledger.entry(corrects);
  return target?.kind !== "redeem" || amount === -target.amount
    ? {}
    : { takenBack: takenBack(draft, target) };
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
