import type { LoyaltyError } from "../../core/errors.ts";
import { identifierOf } from "../../core/identifiers.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import {
  findCustomerNumber,
  findCustomersByIdentifiers,
  nextCustomerNumber,
} from "../../registry/customers/customers.ts";
import type { Context } from "../context.ts";
import { bindGuard } from "../ledger/wallets.ts";
import { changeCustomerBy } from "./changes.ts";
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
 * Enrols a person, or finds who has one of the identifiers and fills in what is missing of that
 * one, with the number. `named`: the customer number that the same request carries for another
 * purpose; see `guardWrite`. `already_exists` (customer) names the first identifier that is of
 * somebody else than was found.
 */
export async function enrolNumbered(
  ctx: Context,
  input: PersonInput & { readonly named: number | null },
): Promise<Result<NumberedEnrolment, LoyaltyError>> {
  const enrolled = await enrolCustomer(ctx, { ...input, known: "first" });
  if (!enrolled.ok) return enrolled;
  const { id, created } = enrolled.value;
  const completed = created ? ok(null) : await complete(ctx, id, input);
  if (!completed.ok) return completed;
  const number = await numberOf(ctx, id);
  if (created && ctx.guard !== null && input.named === number) {
    // Before, there was nobody of that number in whose wallet the guard could be bound.
    const bound = await bindGuard(ctx, id, ctx.guard);
    if (!bound.ok) return bound;
  }
  return ok({ ...enrolled.value, number });
}

/** Fills in what a customer has not, and overwrites nothing. */
async function complete(
  ctx: Context,
  id: string,
  { identifiers, name, email }: PersonInput,
): Promise<Result<null, LoyaltyError>> {
  const merchantId = ctx.principal.merchant.id;
  for (const identifier of identifiers) {
    const [owner = id] = await findCustomersByIdentifiers(ctx.db, merchantId, [identifier]);
    const { kind: field } = identifier;
    if (owner !== id) return err({ code: "already_exists", object: "customer", field });
  }
  const changed = await changeCustomerBy(ctx, id, (before) => {
    const missing = identifiers.filter(({ kind }) => identifierOf(before, kind) === null);
    return ok({
      ...(before.name === null && name !== null ? { name } : {}),
      ...(before.email === null && email !== null ? { email } : {}),
      identifiers: Object.fromEntries(missing.map(({ kind, value }) => [kind, value])),
    });
  });
  return changed.ok ? ok(null) : changed;
}

/** A customer's number; one whom a sandbox call did not keep has the next one. */
async function numberOf({ db, principal }: Context, id: string): Promise<number> {
  const merchantId = principal.merchant.id;
  const known = await findCustomerNumber(db, merchantId, id);
  return known ?? (await nextCustomerNumber(db, merchantId));
}
