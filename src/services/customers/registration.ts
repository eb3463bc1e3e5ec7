import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Identifier } from "../../registry/customers/customers.ts";
import { findHeld, insertCustomer } from "../../registry/customers/customers.ts";
import { hashPassword } from "../access/passwords.ts";
import type { Context } from "../context.ts";
import { makeEvent } from "../events/events.ts";
import { guardWrite, unguarded } from "../ledger/guarded-writes.ts";
import type { EnrolInput } from "./customers.ts";
import { newCustomer } from "./customers.ts";
import type { Person } from "./reference-codes.ts";
import { hasReferenceCode, newReferenceCode, referenceCode } from "./reference-codes.ts";

/** A person to register; values are normalised. */
export interface RegisterInput extends Omit<EnrolInput, "named"> {
  /** Plain; null: the customer signs in with nothing. */
  readonly password: string | null;
}

/**
 * Registers a customer with a reference code, a new one unless it is among the identifiers.
 * `already_exists` (customer) names the first of them that somebody else has; unlike an enrolment
 * it finds nobody.
 */
export async function registerCustomer(
  ctx: Context,
  input: RegisterInput,
): Promise<Result<Person, LoyaltyError>> {
  const { passwordCost } = ctx.settings;
  const password =
    input.password === null ? null : await hashPassword(input.password, passwordCost);
  return guardWrite<Person>(unguarded(ctx), null, async (work) => {
    const free = await requireFree(ctx, input.identifiers);
    if (!free.ok) return free;
    const identifiers = hasReferenceCode(input)
      ? input.identifiers
      : [...input.identifiers, referenceCode(newReferenceCode())];
    const customer = { ...newCustomer(ctx, input), password };
    work.add(...insertCustomer(ctx.db, customer, identifiers));
    const { id, merchantId, status } = customer;
    work.addEvents(merchantId, [makeEvent(ctx, "customer.created", id, { customer: id, status })]);
    return ok({ customer, identifiers });
  });
}

/**
 * Whether nobody has any of the identifiers: `already_exists` (customer) names the kind of the
 * first that somebody has.
 */
export async function requireFree(
  ctx: Context,
  wanted: readonly Identifier[],
): Promise<Result<null, LoyaltyError>> {
  const held = await findHeld(ctx.db, ctx.principal.merchant.id, wanted);
  const taken = wanted.find(({ kind, value }) =>
    held.some((other) => other.kind === kind && other.value === value),
  );
  if (taken === undefined) return ok(null);
  return err({ code: "already_exists", object: "customer", field: taken.kind });
}
