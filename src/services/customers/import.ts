import type { Unit } from "../../core/amount.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type { LotChange } from "../../core/ledger/entries.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { Context } from "../context.ts";
import { bookCommand } from "../ledger/wallets.ts";
import type { EarlierRecord, PersonInput } from "./enrolment.ts";
import { enrolCustomer } from "./enrolment.ts";

/** An opening balance: what the customer brings of one unit. */
export interface OpeningBalance {
  readonly unit: Unit;
  /** Lots with their expiry, in the smallest step. */
  readonly lots: readonly LotChange[];
  /** All that was ever earned, in the smallest step. */
  readonly earned: number;
}

/** A customer who moves in from another system. */
export interface ImportInput extends PersonInput, EarlierRecord {
  readonly balances: readonly OpeningBalance[];
}

/** What became of one imported customer. */
export interface Imported {
  readonly id: string;
  /** `unchanged` when the customer and all opening balances were there already. */
  readonly outcome: "created" | "unchanged";
}

/**
 * Brings one customer along with opening balances. Safe to repeat: a customer that is there by
 * number or identifiers is not made again, and each opening balance is booked once, whatever a
 * crash left undone. `already_exists` when number and identifiers belong to different customers,
 * `not_found` (site, customer type) when there is none of that code or number.
 */
export async function importCustomer(
  ctx: Context,
  input: ImportInput,
): Promise<Result<Imported, LoyaltyError>> {
  const found = await enrolCustomer(ctx, { ...input, known: "all", earlier: input });
  if (!found.ok) return found;
  const { id, created } = found.value;
  let changed = created;
  for (const { unit, lots, earned } of input.balances) {
    const booked = await bookCommand(ctx, {
      customer: id,
      command: { kind: "open", unit, lots, earned },
      reference: { operation: "open", key: `opening/${unit}`, fingerprint: "opening" },
      remarks: {},
      occurredAt: input.joinedAt,
    });
    if (!booked.ok) return booked;
    changed ||= !booked.value.repeated;
  }
  return ok({ id, outcome: changed ? "created" : "unchanged" });
}
