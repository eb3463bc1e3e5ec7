import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { Memory } from "../../memory.ts";
import type { Context } from "../context.ts";
import type { CustomerRecord } from "./customers.ts";
import { findCustomer, getCustomer } from "./customers.ts";
import { enrolCustomer } from "./enrolment.ts";
import { openPhone, sealPhone } from "./sandbox-ids.ts";

/** Who a customer is, as far as a till shows it. */
export interface Profile {
  /** `cus_` id. */
  readonly id: string;
  readonly name: string | null;
  /** E.164. */
  readonly phone: string | null;
  /** Group that the merchant put the customer in; null: none. */
  readonly segment: string | null;
  /** Whether the customer was enrolled by this very request. */
  readonly created: boolean;
}

/** What a till names a customer by. */
export type ProfileKey = { readonly phone: string } | { readonly id: string };

/** How long an isolate answers from what it knows of a profile: names seldom change. */
const KNOWN_MS = 30_000;
const MAX_CACHED = 20_000;

const profiles = new Memory<Profile>(MAX_CACHED);

/**
 * The customer that a till names, as D1 has it now. `not_found` (customer) if there is none. A test
 * call also finds whom an earlier one answered and did not keep.
 */
export async function readProfile(
  ctx: Context,
  by: ProfileKey,
): Promise<Result<Profile, LoyaltyError>> {
  const found =
    "id" in by
      ? await getCustomer(ctx, by.id)
      : await findCustomer(ctx, [{ kind: "phone", value: by.phone }]);
  if (!found.ok) return "id" in by ? readUnkept(ctx, by.id, found) : found;
  return ok(profiles.remember(nameOf(ctx, by), toProfile(found.value), ctx.now + KNOWN_MS));
}

/** Whom a test call enrolled and did not keep: all that is known is in the id. */
async function readUnkept(
  ctx: Context,
  id: string,
  missing: Result<never, LoyaltyError>,
): Promise<Result<Profile, LoyaltyError>> {
  const phone = ctx.principal.mode === "test" ? await openPhone(ctx, id) : null;
  return phone === null ? missing : ok({ id, name: null, phone, segment: null, created: true });
}

/** {@link readProfile}, from the isolate's memory if it can: on the way of a bill. */
export async function recallProfile(
  ctx: Context,
  by: ProfileKey,
): Promise<Result<Profile, LoyaltyError>> {
  const known = profiles.recall(nameOf(ctx, by), ctx.now);
  return known === undefined ? readProfile(ctx, by) : ok(known);
}

/** Enrols a customer by phone, or finds who enrolled meanwhile; `name` is for a new one. */
export async function enrolByPhone(
  ctx: Context,
  phone: string,
  name: string | null,
): Promise<Result<Profile, LoyaltyError>> {
  const enrolled = await enrolCustomer(ctx, {
    identifiers: [{ kind: "phone", value: phone }],
    name,
    email: null,
    birthDate: null,
    attributes: {},
    known: "first",
  });
  if (!enrolled.ok) return enrolled;
  const { created } = enrolled.value;
  if (!created) return readProfile(ctx, { phone });
  const isKept = ctx.principal.mode === "live";
  const id = isKept ? enrolled.value.id : await sealPhone(ctx, phone);
  return ok({ id, name, phone, segment: null, created });
}

function toProfile({ customer, identifiers }: CustomerRecord): Profile {
  const { segment } = customer.attributes;
  return {
    id: customer.id,
    name: customer.name,
    phone: identifiers.find(({ kind }) => kind === "phone")?.value ?? null,
    segment: typeof segment === "string" ? segment : null,
    created: false,
  };
}

/** Forgets, in this isolate, what a customer's profile was. */
export function forgetProfile(id: string): void {
  profiles.forgetWhere((profile) => profile.id === id);
}

function nameOf(ctx: Context, by: ProfileKey): string {
  return `${ctx.principal.merchant.id}/${"id" in by ? by.id : by.phone}`;
}
