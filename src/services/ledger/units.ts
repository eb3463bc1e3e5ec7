import type { Unit } from "../../core/amount.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Remarks } from "../../core/ledger/entries.ts";
import { NEVER } from "../../core/ledger/entries.ts";
import type { Result } from "../../core/result.ts";
import type { Outcome } from "../../wallet/client.ts";
import type { Context } from "../context.ts";
import { bookCommand } from "./wallets.ts";

/** A change of one unit as a dialect hands it over. */
export interface UnitInput {
  /** `cus_` id. */
  readonly customer: string;
  readonly unit: Unit;
  /** Positive, in the smallest step. */
  readonly amount: number;
  /** The till's number of the purchase that it belongs to; null when it told none. */
  readonly invoice: string | null;
  readonly remarks: Remarks;
  /** When it happened at the till; null is now. */
  readonly occurredAt: number | null;
}

/**
 * Takes an amount of a unit. The same invoice and amount answer with the first outcome, another
 * amount is `reference_reused`; `insufficient_balance` when there is too little.
 */
export async function redeemUnit(
  ctx: Context,
  input: UnitInput,
): Promise<Result<Outcome, LoyaltyError>> {
  const { unit, amount } = input;
  return bookOnce(ctx, input, "redeem", { kind: "redeem", unit, amount });
}

/**
 * Loads money that the customer paid in advance; it does not expire. Repeats as in
 * {@link redeemUnit}; `balance_limit` when it is more than a balance can hold.
 */
export async function topUpPrepaid(
  ctx: Context,
  input: Omit<UnitInput, "unit">,
): Promise<Result<Outcome, LoyaltyError>> {
  const unit = "prepaid";
  const grant = { amount: input.amount };
  const command = { kind: "earn", unit, grant, expiresAt: NEVER } as const;
  return bookOnce(ctx, { ...input, unit }, "top_up", command);
}

function bookOnce(
  ctx: Context,
  input: UnitInput,
  verb: string,
  command: Parameters<typeof bookCommand>[1]["command"],
): Promise<Result<Outcome, LoyaltyError>> {
  const { customer, unit, amount, invoice, remarks, occurredAt } = input;
  const reference =
    invoice === null
      ? null
      : { operation: `${verb}/${unit}`, key: invoice, fingerprint: String(amount) };
  return bookCommand(ctx, { customer, command, reference, remarks, occurredAt });
}
