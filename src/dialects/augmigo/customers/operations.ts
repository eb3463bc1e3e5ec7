import type * as z from "zod";
import type { LoyaltyError } from "../../../core/errors.ts";
import { invalid, notFound } from "../../../core/errors.ts";
import { isReferenceCode } from "../../../core/identifiers.ts";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import type { Received } from "../../../http/calls.ts";
import type { Context } from "../../../services/context.ts";
import { changeCustomer } from "../../../services/customers/changes.ts";
import type { Customer } from "../../../services/customers/customers.ts";
import { findCustomer, getCustomer } from "../../../services/customers/customers.ts";
import { eraseCustomer } from "../../../services/customers/erasure.ts";
import { resolveReferenceCode } from "../../../services/customers/identity.ts";
import { findCoded, withReferenceCodes } from "../../../services/customers/reference-codes.ts";
import { registerCustomer } from "../../../services/customers/registration.ts";
import type { Answer, Done } from "../declaration.ts";
import type { briefAnswer, customerAnswer, searchAnswer } from "./answers.ts";
import {
  briefBody,
  customerBody,
  ownBody,
  toChanges,
  toNameless,
  toRegisterInput,
  toSearch,
} from "./mapping.ts";
import type { registerSchema, searchSchema, updateSchema } from "./schemas.ts";
import { parseLimit } from "./schemas.ts";

/** `POST customers/register` */
export async function registerPerson(
  ctx: Context,
  wire: z.output<typeof registerSchema>,
): Answer<typeof customerAnswer> {
  const made = await registerCustomer(ctx, toRegisterInput(wire));
  return made.ok ? ok(ownBody(ctx, made.value)) : tellMerchantCode(made.error, wire);
}

/** `POST customers/search/{limit}` */
export async function searchPersons(
  ctx: Context,
  wire: z.output<typeof searchSchema>,
  { path: { limit: text = "" } }: Received,
): Answer<typeof searchAnswer> {
  const limit = parseLimit(text);
  if (limit === null) return refuse("Limit is not valid");
  const found = await findCoded(ctx, toSearch(wire), limit);
  return found.ok ? ok(found.value.map((customer) => customerBody(ctx, customer))) : found;
}

/** A card that was printed ahead gets its customer when a till first reads it. */
export async function readOrRegister(
  ctx: Context,
  _wire: unknown,
  { path: { code = "" } }: Received,
): Answer<typeof briefAnswer> {
  if (!isReferenceCode(code)) return notFound("customer");
  const wanted = [{ kind: "reference_code", value: code }] as const;
  const known = await findCustomer(ctx, wanted);
  if (known.ok) return ok(briefBody(ctx, known.value));
  const made = await registerCustomer(ctx, toNameless(code));
  if (made.ok) return ok(briefBody(ctx, made.value));
  // Another till was first.
  const meanwhile = await findCustomer(ctx, wanted);
  return meanwhile.ok ? ok(briefBody(ctx, meanwhile.value)) : made;
}

/** `GET customers/…`, with what was not found in its own words. */
export async function showPerson(
  ctx: Context,
  _wire: unknown,
  { path }: Received,
): Answer<typeof customerAnswer> {
  const found = await readPerson(ctx, path);
  if (found.ok) return ok(customerBody(ctx, found.value));
  if (found.error.code !== "not_found") return found;
  const { code, key } = path;
  const name = key === undefined ? `reference code (${code})` : `customer key (${key})`;
  return refuse(`Customer with ${name} is not found`);
}

async function readPerson(ctx: Context, path: Path): Promise<Result<Customer, LoyaltyError>> {
  const id = await resolvePerson(ctx, path);
  const found = id.ok ? await getCustomer(ctx, id.value) : id;
  const coded = found.ok ? await withReferenceCodes(ctx, [found.value]) : found;
  if (!coded.ok) return coded;
  const [customer] = coded.value;
  return customer === undefined ? notFound("customer") : ok(customer);
}

/** `PUT customers/…` */
export async function changePerson(
  ctx: Context,
  wire: z.output<typeof updateSchema>,
  { path }: Received,
): Done {
  const id = await resolvePerson(ctx, path);
  if (!id.ok) return id;
  const changed = await changeCustomer(ctx, id.value, toChanges(wire));
  return changed.ok ? ok(null) : tellMerchantCode(changed.error, wire);
}

/** `DELETE customers/…` */
export async function erasePerson(ctx: Context, _wire: unknown, { path }: Received): Done {
  const id = await resolvePerson(ctx, path);
  return id.ok ? eraseCustomer(ctx, id.value) : id;
}

type Path = Received["path"];

/** Whom a path names, by key or by reference code. */
async function resolvePerson(
  ctx: Context,
  { key, code = "" }: Path,
): Promise<Result<string, LoyaltyError>> {
  return key === undefined ? resolveReferenceCode(ctx, code) : ok(key);
}

/** A refusal in words of its own. */
function refuse(text: string): Result<never, LoyaltyError> {
  return invalid("", "refused", text);
}

/** That a code of the merchant is taken is told with the code. */
function tellMerchantCode(
  error: LoyaltyError,
  wire: { readonly merchant_reference_code?: string | null | undefined },
): Result<never, LoyaltyError> {
  const isTaken = error.code === "already_exists" && error.field === "merchant_code";
  if (!isTaken) return { ok: false, error };
  return refuse(`Merchant reference code (${wire.merchant_reference_code}) have been taken`);
}
