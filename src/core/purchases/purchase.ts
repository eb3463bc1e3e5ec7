import type { Money } from "../amount.ts";
import type { BillLine } from "../ledger/entries.ts";

/**
 * Which rule turns a purchase into points: the programme's rate, or the customer's type with money,
 * in the currency's smallest unit, that earns one whole point (null: it earns nothing).
 */
export type EarningRule =
  | { readonly by: "program" }
  | { readonly by: "customer_type"; readonly every: number | null };

/** A purchase as rules see it: with the programme it is all that decides what it gives. */
export interface Purchase {
  /** What was paid; negative for a return. */
  readonly total: Money;
  /** What of it earns points, in the same currency. */
  readonly base: Money;
  readonly lines: readonly BillLine[];
  readonly earning: EarningRule;
  /** Business day on which it happened, in the merchant's time zone: `YYYY-MM-DD`. */
  readonly day: string;
}

/** {@link EarningRule} of all who are not told otherwise. */
export const BY_PROGRAM: EarningRule = { by: "program" };
