import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { Memory } from "../../memory.ts";
import type { Context } from "../context.ts";
import type { AddedCustomer } from "./customers.ts";
import { findCustomer, getCustomer } from "./customers.ts";
import { enrolCustomer } from "./enrolment.ts";

/** The customer that a till names. */
export interface NamedCustomer {
  readonly customer: AddedCustomer;
  /** Whether the customer was enrolled by this very request. */
  readonly created: boolean;
}

/** What a till names a customer by. */
export type ProfileKey = { readonly phone: string } | { readonly id: string };

/** How long an isolate answers from what it knows of a profile: names seldom change. */
const KNOWN_MS = 30_000;
/** A customer is a kilobyte or two. */
const MAX_CACHED = 10_000;

const profiles = new Memory<NamedCustomer>(MAX_CACHED);

/** The customer that a till names, as D1 has it now. `not_found` (customer) if there is none. */
export async function readProfile(
  ctx: Context,
  by: ProfileKey,
): Promise<Result<NamedCustomer, LoyaltyError>> {
  const found =
    "id" in by
      ? await getCustomer(ctx, by.id)
      : await findCustomer(ctx, [{ kind: "phone", value: by.phone }]);
  if (!found.ok) return found;
  const named = { customer: found.value, created: false };
  return ok(profiles.remember(nameOf(ctx, by), named, ctx.now + KNOWN_MS));
}

/** {@link readProfile}, from the isolate's memory if it can: on the way of a bill. */
export async function recallProfile(
  ctx: Context,
  by: ProfileKey,
): Promise<Result<NamedCustomer, LoyaltyError>> {
  const known = profiles.recall(nameOf(ctx, by), ctx.now);
  return known === undefined ? readProfile(ctx, by) : ok(known);
}

/** Enrols a customer by phone, or finds who enrolled meanwhile; `name` is for a new one. */
export async function enrolByPhone(
  ctx: Context,
  phone: string,
  name: string | null,
): Promise<Result<NamedCustomer, LoyaltyError>> {
  const enrolled = await enrolCustomer(ctx, {
    identifiers: [{ kind: "phone", value: phone }],
    name,
    email: null,
    birthDate: null,
    attributes: {},
    known: "first",
  });
  if (!enrolled.ok) return enrolled;
  const { added } = enrolled.value;
  return added === null ? readProfile(ctx, { phone }) : ok({ customer: added, created: true });
}

/** Forgets, in this isolate, what a customer's profile was. */
export function forgetProfile(id: string): void {
  profiles.forgetWhere(({ customer }) => customer.id === id);
}

function nameOf(ctx: Context, by: ProfileKey): string {
  return `${ctx.principal.merchant.id}/${"id" in by ? by.id : by.phone}`;
}
