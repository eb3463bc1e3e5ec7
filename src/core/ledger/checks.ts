import type { Unit } from "../amount.ts";
import { MAX_BALANCE } from "../amount.ts";
import type { LoyaltyError } from "../errors.ts";
import type { Draft } from "./draft.ts";
import { holdingOf } from "./entries.ts";

/** The refusal to take more of a unit than its balance; null where there is enough. */
export function insufficient(draft: Draft, unit: Unit, requested: number): LoyaltyError | null {
  const { balance } = holdingOf(draft.head, unit);
  if (balance >= requested) return null;
  return { code: "insufficient_balance", unit, requested, available: Math.max(0, balance) };
}

/** Whether a unit's balance or lifetime sum would be more with that amount than one can be. */
export function exceedsLimit(draft: Draft, unit: Unit, amount: number): boolean {
  const { balance, earned } = holdingOf(draft.head, unit);
  return Math.max(balance, earned) + amount > MAX_BALANCE;
}
