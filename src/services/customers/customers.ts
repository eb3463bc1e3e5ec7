import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import { requireActive } from "../../core/ledger/status.ts";
import { standingFor } from "../../core/program/tiers.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Customer, Identifier } from "../../registry/customers/customers.ts";
import {
  findBarred,
  findCustomerByEmail,
  findCustomersByIdentifiers,
  readCustomer,
  readCustomerOrErased,
  touchCustomer,
} from "../../registry/customers/customers.ts";
import { customersBelow, pageCustomers } from "../../registry/customers/listing.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import type { Context } from "../context.ts";

export { identifierOf } from "../../core/identifiers.ts";
export type {
  AddedCustomer,
  Customer,
  Identifier,
  IdentifierKind,
} from "../../registry/customers/customers.ts";

async function firstMatch(ctx: Context, wanted: readonly Identifier[]): Promise<Customer | null> {
  const merchantId = ctx.principal.merchant.id;
  for (const identifier of wanted) {
    const [id] = await findCustomersByIdentifiers(ctx.db, merchantId, [identifier]);
    const found = id === undefined ? undefined : await readCustomer(ctx.db, merchantId, id);
    if (found !== undefined) return found;
  }
  return null;
}

/** The customer that has one of the identifiers; the first given that matches counts. */
export async function findCustomer(
  ctx: Context,
  wanted: readonly Identifier[],
): Promise<Result<Customer, LoyaltyError>> {
  const found = await firstMatch(ctx, wanted);
  return found === null ? notFound("customer") : ok(found);
}

/** The customer with that e-mail (normalised): of several the newest active one. */
export async function findCustomerWithEmail(
  ctx: Context,
  email: string,
): Promise<Result<Customer, LoyaltyError>> {
  const id = await findCustomerByEmail(ctx.db, ctx.principal.merchant.id, email);
  return id === undefined ? notFound("customer") : getCustomer(ctx, id);
}

/** The merchant's customer with that id. */
export async function getCustomer(
  ctx: Context,
  id: string,
): Promise<Result<Customer, LoyaltyError>> {
  const customer = await readCustomer(ctx.db, ctx.principal.merchant.id, id);
  return customer === undefined ? notFound("customer") : ok(customer);
}

/** {@link getCustomer} for who may know that somebody was erased: `erased` tells it. */
export async function getCustomerOrErased(
  ctx: Context,
  id: string,
): Promise<Result<Customer, LoyaltyError>> {
  const found = await readCustomerOrErased(ctx.db, ctx.principal.merchant.id, id);
  if (found === undefined) return notFound("customer");
  return found.status === "erased" ? err({ code: "erased" }) : ok(found);
}

/**
 * Refuses where one of these customers may not use what is theirs: `customer_blocked`,
 * `customer_inactive`; `not_found` (customer) once erased.
 */
export async function requireActiveCustomers(
  ctx: Context,
  ids: readonly string[],
): Promise<Result<null, LoyaltyError>> {
  const barred = await findBarred(ctx.db, ctx.principal.merchant.id, ids);
  return barred === "erased" ? notFound("customer") : requireActive(barred ?? "active");
}

/** Which customers to list. */
export interface CustomerQuery {
  /** Part of a name or e-mail, or the beginning of an identifier; null is all. */
  readonly search: string | null;
  readonly tier: string | null;
}

/** A page of the merchant's customers, newest first; balances as the wallets last told them. */
export async function listCustomers(
  ctx: Context,
  query: CustomerQuery,
  limit: number,
  offset: number,
): Promise<{ readonly rows: readonly Customer[]; readonly total: number }> {
  const filter = { ...query, lowestTier: standingFor(ctx.principal.program, 0).tier };
  return pageCustomers(ctx.db, ctx.principal.merchant.id, filter, limit, offset);
}

/** The merchant's customers with smaller numbers than `before` (null: all), newest first. */
export async function listCustomersBelow(
  ctx: Context,
  before: number | null,
  limit: number,
): Promise<readonly Customer[]> {
  return customersBelow(ctx.db, ctx.principal.merchant.id, before, limit);
}

/** Notes, after the answer, that a customer was seen. */
export function noteSeen(ctx: Context, id: string): void {
  const work = unitOfWork(ctx.db, ctx.principal.mode);
  work.add(touchCustomer(ctx.db, ctx.principal.merchant.id, id, ctx.now));
  ctx.defer(work.commit());
}
