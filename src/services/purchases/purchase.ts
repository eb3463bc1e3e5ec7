import type { Money } from "../../core/amount.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Reference } from "../../core/ledger/commands.ts";
import type { BillLine, Remarks } from "../../core/ledger/entries.ts";
import type { Result } from "../../core/result.ts";
import type { Outcome } from "../../wallet/client.ts";
import { expiryOf } from "../calendar.ts";
import type { Context } from "../context.ts";
import { bookCommand } from "../ledger/wallets.ts";

/** A purchase as a dialect hands it over. */
export interface BillInput {
  /** `cus_` id. */
  readonly customer: string;
  /** The till's own number; null when it told none. */
  readonly number: string | null;
  readonly purchase: Money;
  /** At most `MAX_BILL_LINES`; their sum need not be the purchase. */
  readonly lines: readonly BillLine[];
  readonly reference: Reference | null;
  readonly remarks: Remarks;
  /** When it happened at the till; null is now. */
  readonly occurredAt: number | null;
}

/**
 * Records a bill and books what it earns; the tier is judged after it. `balance_limit` when the
 * points are more than a balance can hold.
 */
export async function recordBill(
  ctx: Context,
  input: BillInput,
): Promise<Result<Outcome, LoyaltyError>> {
  const { merchant, program } = ctx.principal;
  const { customer, number, purchase, lines, reference, remarks, occurredAt } = input;
  const expiresAt = expiryOf(program.expiry, occurredAt ?? ctx.now, merchant.timeZone);
  const command = { kind: "bill", number, purchase, lines, expiresAt } as const;
  return bookCommand(ctx, { customer, command, reference, remarks, occurredAt });
}
