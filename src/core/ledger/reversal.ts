import type { Unit } from "../amount.ts";
import type { LoyaltyError } from "../errors.ts";
import type { Result } from "../result.ts";
import { err, ok } from "../result.ts";
import type { Draft } from "./draft.ts";
import { book, expiredAfter, give, lotAfter, mergeLots, sum, takeFirstToExpire } from "./draft.ts";
import type { Entry, LotChange, Remarks } from "./entries.ts";
import { DEBT, holdingOf } from "./entries.ts";

/** How a correction is booked, where that is not as its request says. */
export interface Correction {
  readonly restoredUntil?: number;
  readonly remarks?: Remarks;
}

/**
 * The lot changes that undo an entry. What was taken goes back to the very lots, with their
 * expiry. What was given is taken from the very lots, of which what has expired is taken already;
 * where they were spent meanwhile, from the lots that expire first; and where the balance does not
 * cover it, the programme either allows a debt or the reversal is refused
 * (`insufficient_balance`). `restoredUntil`: when what was taken as a debt expires, should it come
 * back after the debt was paid.
 */
export function takeBack(
  draft: Draft,
  target: Entry,
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
  const { balance } = holdingOf(draft.head, unit);
  if (balance < amount && !draft.request.program.allowDebt) {
    const available = Math.max(0, balance);
    return err({ code: "insufficient_balance", unit, requested: amount, available });
  }
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
