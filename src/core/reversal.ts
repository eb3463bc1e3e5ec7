import type { Draft } from "./draft.ts";
import { give, lotAfter, mergeLots, sum, takeFirstToExpire } from "./draft.ts";
import type { Entry, LotChange } from "./entries.ts";
import { DEBT, holdingOf } from "./entries.ts";
import type { LoyaltyError } from "./errors.ts";
import type { Result } from "./result.ts";
import { err, ok } from "./result.ts";

/**
 * The lot changes that undo an entry. What was taken goes back to the very lots, with their
 * expiry. What was given is taken from the very lots; where they were spent meanwhile, from the
 * lots that expire first; and where the balance does not cover it, the programme either allows a
 * debt or the reversal is refused (`insufficient_balance`).
 */
export function takeBack(draft: Draft, target: Entry): Result<LotChange[], LoyaltyError> {
  const { unit } = target;
  if (target.amount <= 0) {
    return ok(mergeLots(give(draft, unit, negated(target.lots))));
  }
  const { balance } = holdingOf(draft.head, unit);
  if (balance < target.amount && !draft.request.program.allowDebt) {
    const available = Math.max(0, balance);
    return err({ code: "insufficient_balance", unit, requested: target.amount, available });
  }
  const own = ownLots(draft, target);
  const rest = target.amount + sum(own);
  return ok(mergeLots([...own, ...takeFirstToExpire(draft, unit, rest, own)]));
}

function ownLots(draft: Draft, target: Entry): LotChange[] {
  const own: LotChange[] = [];
  for (const { expiresAt, amount } of target.lots) {
    const paidDebt = expiresAt === DEBT;
    const held = paidDebt ? 0 : Math.max(0, lotAfter(draft, target.unit, expiresAt));
    const part = Math.min(amount, held);
    if (part > 0) own.push({ expiresAt, amount: -part });
  }
  return own;
}

function negated(lots: readonly LotChange[]): LotChange[] {
  return lots.map((lot) => ({ expiresAt: lot.expiresAt, amount: -lot.amount }));
}
