import { MAX_BALANCE } from "./amount.ts";
import type {
  AdjustCommand,
  BillCommand,
  CommandRequest,
  EarnCommand,
  OpenCommand,
  RedeemCommand,
  ReverseCommand,
} from "./commands.ts";
import type { Draft, Ledger } from "./draft.ts";
import { book, byExpiry, give, mergeLots, startDraft, takeFirstToExpire } from "./draft.ts";
import { pointsForPurchase } from "./earning.ts";
import type { Entry, Head, Lot, Receipt } from "./entries.ts";
import { billIdOf, DEBT, holdingOf, SYSTEM_SOURCE } from "./entries.ts";
import type { LoyaltyError } from "./errors.ts";
import { notFound } from "./errors.ts";
import type { Program } from "./program.ts";
import type { Result } from "./result.ts";
import { err, ok } from "./result.ts";
import { takeBack } from "./reversal.ts";
import { isUpgrade, standingFor } from "./tiers.ts";

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
 * `insufficient_balance`, `balance_limit`, `not_found` (entry), `already_reversed`.
 */
export function decide(
  ledger: Ledger,
  request: CommandRequest,
  clock: number,
): Result<Decision, LoyaltyError> {
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
    case "open":
      return open(draft, command);
    case "expire":
      return ok(null);
  }
}

/** In the order of time and not of units, so that an alarm at each expiry books the same. */
function expireDue(draft: Draft): void {
  for (const lot of [...draft.ledger.dueLots(draft.now)].sort(byExpiry)) bookExpiry(draft, lot);
}

/** A lot that a reversal or an offline till brings after its time expires at once. */
function expireLate(draft: Draft, { unit, lots }: Entry): void {
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
      : pointsForPurchase(draft.request.program, grant.purchase, earned);
  if (amount === null || exceedsLimit(draft, command.unit, amount)) {
    return err({ code: "balance_limit", unit });
  }
  const lots = amount === 0 ? [] : give(draft, unit, [{ expiresAt, amount }]);
  const head = { lastEarnedAt: latest(draft, draft.head.lastEarnedAt) };
  const entry = book(draft, { kind: "earn", unit, lots, earned: amount, head });
  bookTierChange(draft);
  return ok(entry);
}

/** The bill is the entry that carries the command; what it earns follows in one of its own. */
function bill(draft: Draft, command: BillCommand): Booked {
  const { number, purchase, lines, expiresAt } = command;
  const { program, remarks } = draft.request;
  const { earned } = holdingOf(draft.head, "point");
  const amount = pointsForPurchase(program, purchase, earned, lines);
  if (amount === null || exceedsLimit(draft, "point", amount)) {
    return err({ code: "balance_limit", unit: "point" });
  }
  const recorded = { ...remarks, bill: { number, total: purchase, lines } };
  const entry = book(draft, { kind: "bill", unit: "point", lots: [], remarks: recorded });
  if (amount === 0) return ok(entry);
  book(draft, {
    kind: "earn",
    unit: "point",
    lots: give(draft, "point", [{ expiresAt, amount }]),
    earned: amount,
    head: { lastEarnedAt: latest(draft, draft.head.lastEarnedAt) },
    remarks: { ...remarks, billId: billIdOf(entry) },
  });
  bookTierChange(draft);
  return ok(entry);
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
  if (draft.ledger.isReversed(target.seq)) {
    return err({ code: "already_reversed", seq: target.seq });
  }
  const { unit } = target;
  const reversal = takeBack(draft, target);
  if (!reversal.ok) return reversal;
  const { balance } = holdingOf(draft.head, unit);
  if (balance - target.amount > MAX_BALANCE) return err({ code: "balance_limit", unit });
  const entry = book(draft, {
    kind: "reverse",
    unit,
    lots: reversal.value,
    corrects: target.seq,
    earned: target.kind === "earn" ? -target.amount : 0,
    redeemed: target.kind === "redeem" ? target.amount : 0,
  });
  bookTierChange(draft);
  return ok(entry);
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
    ...(main.kind === "bill" ? { bill: billReceipt(draft) } : {}),
  };
}

function billReceipt(draft: Draft): Receipt["bill"] & {} {
  const { program } = draft.request;
  const before = heldTier(draft.ledger.head, program);
  const earned = draft.entries.find((entry) => entry.kind === "earn")?.amount ?? 0;
  return { earned, upgraded: isUpgrade(program, before, heldTier(draft.head, program)) };
}

function insufficient(
  draft: Draft,
  unit: RedeemCommand["unit"],
  requested: number,
): LoyaltyError | null {
  const { balance } = holdingOf(draft.head, unit);
  if (balance >= requested) return null;
  return { code: "insufficient_balance", unit, requested, available: Math.max(0, balance) };
}

/** When it happened last: an offline till may tell later of what was earlier. */
function latest(draft: Draft, before: number | null): number {
  return Math.max(before ?? draft.occurredAt, draft.occurredAt);
}

function exceedsLimit(draft: Draft, unit: RedeemCommand["unit"], amount: number): boolean {
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
