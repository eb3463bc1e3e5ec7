import type { LoyaltyError } from "../../core/errors.ts";
import type { Reference } from "../../core/ledger/commands.ts";
import type { Remarks } from "../../core/ledger/entries.ts";
import type { Result } from "../../core/result.ts";
import type { Outcome } from "../../wallet/client.ts";
import { expiryOf } from "../calendar.ts";
import type { Context } from "../context.ts";
import { withdrawGrants } from "../vouchers/granted.ts";
import { auditCustomer, bookCommand } from "./wallets.ts";

/** An adjustment as a dialect hands it over. */
export interface AdjustInput {
  /** `cus_` id. */
  readonly customer: string;
  /** Points in the smallest step, not 0; negative takes. */
  readonly amount: number;
  readonly reference: Reference | null;
  readonly remarks: Remarks;
}

/** Adds or takes points by a person's decision. `insufficient_balance` when too few are there. */
export async function adjustPoints(
  ctx: Context,
  input: AdjustInput,
): Promise<Result<Outcome, LoyaltyError>> {
  const { merchant, program } = ctx.principal;
  const { customer, amount, reference, remarks } = input;
  const expiresAt = expiryOf(program.expiry, ctx.now, merchant.timeZone);
  const command = { kind: "adjust", unit: "point", amount, expiresAt } as const;
  return bookCommand(ctx, { customer, command, reference, remarks, occurredAt: null });
}

/** A reversal as a dialect hands it over. */
export interface ReverseInput {
  readonly customer: string;
  /** Number of the entry to take back. */
  readonly seq: number;
  readonly reference: Reference | null;
  readonly remarks: Remarks;
}

/**
 * Takes an entry back, restoring the very lots that it touched; with what a bill earned go the
 * vouchers that it granted and nobody has used. `not_found` (entry),
 * `already_reversed`, `insufficient_balance`.
 */
export async function reverseEntry(
  ctx: Context,
  input: ReverseInput,
): Promise<Result<Outcome, LoyaltyError>> {
  const { customer, seq, reference, remarks } = input;
  const command = { kind: "reverse", seq } as const;
  const booked = await bookCommand(ctx, {
    customer,
    command,
    reference,
    remarks,
    occurredAt: null,
  });
  if (booked.ok) await withdrawGrants(ctx, customer, booked.value.receipt);
  return booked;
}

/** Adds up a customer's ledger anew. A difference is an error in the log: it must never be. */
export async function recalculate(ctx: Context, customer: string): Promise<void> {
  const discrepancies = await auditCustomer(ctx, customer);
  if (discrepancies.length === 0) return;
  const { requestId, principal } = ctx;
  const merchant = principal.merchant.id;
  const error = "a wallet's balance is not the sum of its entries and lots";
  const report = {
    level: "error",
    request_id: requestId,
    error,
    merchant,
    customer,
    discrepancies,
  };
  console.error(JSON.stringify(report));
}
