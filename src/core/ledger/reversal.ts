import type { Unit } from "../amount.ts";
import { MAX_BALANCE } from "../amount.ts";
import type { LoyaltyError } from "../errors.ts";
import type { Result } from "../result.ts";
import { err, ok } from "../result.ts";
import { insufficient } from "./checks.ts";
import type { Draft } from "./draft.ts";
import { book, expiredAfter, give, lotAfter, mergeLots, sum, takeFirstToExpire } from "./draft.ts";
import type { Entry, LotChange, Remarks } from "./entries.ts";
import { DEBT, holdingOf } from "./entries.ts";

/** How a correction is booked, where that is not as its request says. */
export interface Correction {
  /** How much of a redemption is taken back, in the smallest step; absent: all that is left. */
  readonly amount?: number;
  readonly restoredUntil?: number;
  readonly remarks?: Remarks;
}

/** What of an entry is taken back. */
interface Part {
  /** Signed as the entry's. */
  readonly amount: number;
  readonly lots: readonly LotChange[];
}

/**
 * Books what takes an entry back, or so much of a redemption; see {@link takeBack}. Refusals:
 * `already_reversed`, `over_reversed`, `not_divisible`, `insufficient_balance`, `balance_limit`.
 */
export function bookReversal(
  draft: Draft,
  target: Entry,
  given: Correction = {},
): Result<Entry, LoyaltyError> {
  const { seq, kind, unit } = target;
  const part = partOf(draft, target, given.amount);
  if (!part.ok) return part;
  const { amount } = part.value;
  const reversal = takeBack(draft, { ...target, ...part.value }, given);
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

/** How much of a redemption was taken back, once `draft` is stored. */
export function takenBack({ ledger, entries }: Draft, { seq }: Entry): number {
  const drafted = entries.find(({ corrects }) => corrects === seq)?.amount ?? 0;
  const last = ledger.correction(seq);
  return drafted + (last === null ? 0 : (last.receipt?.takenBack ?? last.amount));
}

function partOf(draft: Draft, target: Entry, wanted?: number): Result<Part, LoyaltyError> {
  const { seq, kind, unit, amount, lots } = target;
  const isRedemption = kind === "redeem";
  const before = isRedemption ? takenBack(draft, target) : 0;
  const left = isRedemption ? -amount - before : 0;
  if (left === 0 && draft.ledger.correction(seq) !== null) {
    return err({ code: "already_reversed", seq });
  }
  if (wanted === undefined && before === 0) return ok({ amount, lots });
  if (!isRedemption) return err({ code: "not_divisible", seq });
  const requested = wanted ?? left;
  if (requested > left) {
    return err({ code: "over_reversed", seq, unit, requested, available: left });
  }
  return ok({ amount: -requested, lots: lastTaken(lots, before, requested) });
}

/**
 * What a redemption took last, `before` left out: as if so much less had been spent, since what
 * expires first was taken first.
 */
function lastTaken(lots: readonly LotChange[], before: number, amount: number): LotChange[] {
  const part: LotChange[] = [];
  let [skipped, rest] = [before, amount];
  for (const { expiresAt, amount: change } of lots.toReversed()) {
    const own = Math.max(0, -change - skipped);
    skipped = Math.max(0, skipped + change);
    const taken = Math.min(own, rest);
    if (taken > 0) part.push({ expiresAt, amount: -taken });
    rest -= taken;
  }
  return part;
}

/**
 * The lot changes that undo an entry. What was taken goes back to the very lots, with their
 * expiry. What was given is taken from the very lots, of which what has expired is taken already;
 * where they were spent meanwhile, from the lots that expire first; and where the balance does not
 * cover it, the programme either allows a debt or the reversal is refused
 * (`insufficient_balance`). `restoredUntil`: when what was taken as a debt expires, should it come
 * back after the debt was paid.
 */
function takeBack(
  draft: Draft,
  target: Pick<Entry, "unit"> & Part,
  { restoredUntil, remarks }: Correction,
): Result<LotChange[], LoyaltyError> {
  const { unit, amount, lots } = target;
  if (amount > 0) {
    for (const lot of lots) takeExpiryBack(draft, unit, lot, remarks);
    return takeAway(draft, unit, amount, lots);
  }
  const back = lots.map((lot): LotChange => ({ ...lot, amount: -lot.amount }));
  return ok(mergeLots(give(draft, unit, back, restoredUntil)));
}

/**
 * The lot changes that take an amount that was given: from `given`, the lots that it was given to,
 * as far as they still hold it, then from those that expire first, and then, where the programme
 * allows it, as a debt; or else it is refused (`insufficient_balance`).
 */
export function takeAway(
  draft: Draft,
  unit: Unit,
  amount: number,
  given: readonly LotChange[] = [],
): Result<LotChange[], LoyaltyError> {
  const short = draft.request.program.allowDebt ? null : insufficient(draft, unit, amount);
  if (short !== null) return err(short);
  const own = ownLots(draft, unit, given);
  const rest = amount + sum(own);
  return ok(mergeLots([...own, ...takeFirstToExpire(draft, unit, rest, own)]));
}

function ownLots(draft: Draft, unit: Unit, given: readonly LotChange[]): LotChange[] {
  const own: LotChange[] = [];
  for (const { expiresAt, amount } of given) {
    const paidDebt = expiresAt === DEBT;
    const held = paidDebt ? 0 : Math.max(0, lotAfter(draft, unit, expiresAt));
    const part = Math.min(amount, held);
    if (part > 0) own.push({ expiresAt, amount: -part });
  }
  return own;
}

/**
 * What expired of a lot that an entry gave to has left the wallet: taking it from other lots would
 * take it twice. So its expiry is taken back first, in a line of its own, and the reversal takes
 * from the lot itself. Whatever is given and taken back then adds up, and no two reversals count
 * the same expired points.
 */
function takeExpiryBack(
  draft: Draft,
  unit: Unit,
  { expiresAt, amount }: LotChange,
  remarks: Remarks | undefined,
): void {
  if (expiresAt === DEBT || expiresAt > draft.now) return;
  const part = Math.min(amount, expiredAfter(draft, unit, expiresAt));
  if (part <= 0) return;
  book(draft, {
    kind: "expire",
    unit,
    lots: [{ expiresAt, amount: part }],
    occurredAt: expiresAt,
    ...(remarks === undefined ? {} : { remarks }),
  });
}
