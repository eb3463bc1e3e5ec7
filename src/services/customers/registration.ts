import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { findCustomerNumber, nextCustomerNumber } from "../../registry/customers/customers.ts";
import type { Context } from "../context.ts";
import { bindGuard } from "../ledger/wallets.ts";
import type { AddedCustomer } from "./customers.ts";
import type { Enrolment, PersonInput } from "./enrolment.ts";
import { enrolCustomer } from "./enrolment.ts";

/** A person to register. */
export interface RegisterInput extends PersonInput {
  /** Plain; null: the customer signs in with nothing. */
  readonly password: string | null;
}

/**
 * Enrols a person with a reference code, a new one unless it is among the identifiers.
 * `already_exists` (customer) names the first identifier that somebody else has: it finds nobody.
 */
export async function registerCustomer(
  ctx: Context,
  input: RegisterInput,
): Promise<Result<AddedCustomer, LoyaltyError>> {
  const enrolled = await enrolCustomer(ctx, { ...input, known: "none", coded: true });
  if (!enrolled.ok) return enrolled;
  const { id, added } = enrolled.value;
  if (added === null) throw new Error(`${id} was registered by nobody`);
  return ok(added);
}

/** An enrolment where customers are known by their numbers. */
export interface NumberedEnrolment extends Enrolment {
  readonly number: number;
}

/**
 * Enrols a person, or finds who has one of the identifiers, with the number. `named`: the customer
 * number that the same request carries for another purpose; see `guardWrite`.
 */
export async function enrolNumbered(
  ctx: Context,
  input: PersonInput & { readonly named: number | null },
): Promise<Result<NumberedEnrolment, LoyaltyError>> {
  const enrolled = await enrolCustomer(ctx, { ...input, known: "first" });
  if (!enrolled.ok) return enrolled;
  const { id, created } = enrolled.value;
  const number = await numberOf(ctx, id);
  if (created && ctx.guard !== null && input.named === number) {
    // Before, there was nobody of that number in whose wallet the guard could be bound.
    const bound = await bindGuard(ctx, id, ctx.guard);
    if (!bound.ok) return bound;
  }
  return ok({ ...enrolled.value, number });
}

/** A customer's number; one whom a sandbox call did not keep has the next one. */
async function numberOf({ db, principal }: Context, id: string): Promise<number> {
  const merchantId = principal.merchant.id;
  const known = await findCustomerNumber(db, merchantId, id);
  return known ?? (await nextCustomerNumber(db, merchantId));
}
