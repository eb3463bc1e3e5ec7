import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import { standingFor } from "../../core/program/tiers.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { CustomerRecord, Identifier } from "../../registry/customers/customers.ts";
import {
  findCustomerByEmail,
  findCustomerNumber,
  findCustomersByIdentifiers,
  readCustomer,
  touchCustomer,
} from "../../registry/customers/customers.ts";
import type { CustomerLine } from "../../registry/customers/listing.ts";
import { pageCustomers } from "../../registry/customers/listing.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import type { Context } from "../context.ts";

export type {
  CustomerRecord,
  Identifier,
  IdentifierKind,
} from "../../registry/customers/customers.ts";
export type { CustomerLine } from "../../registry/customers/listing.ts";

async function firstMatch(
  ctx: Context,
  wanted: readonly Identifier[],
): Promise<CustomerRecord | null> {
  const merchantId = ctx.principal.merchant.id;
  for (const identifier of wanted) {
    const [id] = await findCustomersByIdentifiers(ctx.db, merchantId, [identifier]);
    const record = id === undefined ? undefined : await readCustomer(ctx.db, merchantId, id);
    if (record !== undefined) return record;
  }
  return null;
}

/** The customer that has one of the identifiers; the first given that matches counts. */
export async function findCustomer(
  ctx: Context,
  wanted: readonly Identifier[],
): Promise<Result<CustomerRecord, LoyaltyError>> {
  const record = await firstMatch(ctx, wanted);
  return record === null ? notFound("customer") : ok(record);
}

/** The customer with that e-mail (normalised): of several the newest active one. */
export async function findCustomerWithEmail(
  ctx: Context,
  email: string,
): Promise<Result<CustomerRecord, LoyaltyError>> {
  const id = await findCustomerByEmail(ctx.db, ctx.principal.merchant.id, email);
  return id === undefined ? notFound("customer") : getCustomer(ctx, id);
}

/** The merchant's customer with that id. */
export async function getCustomer(
  ctx: Context,
  id: string,
): Promise<Result<CustomerRecord, LoyaltyError>> {
  const record = await readCustomer(ctx.db, ctx.principal.merchant.id, id);
  return record === undefined ? notFound("customer") : ok(record);
}

/** {@link getCustomer} for who may know that somebody was erased: `erased` tells it. */
export async function getCustomerOrErased(
  ctx: Context,
  id: string,
): Promise<Result<CustomerRecord, LoyaltyError>> {
  const found = await getCustomer(ctx, id);
  if (found.ok) return found;
  const number = await findCustomerNumber(ctx.db, ctx.principal.merchant.id, id);
  return number === undefined ? found : err({ code: "erased" });
}

/** Which customers to list. */
export interface CustomerQuery {
  /** Part of a name or e-mail, or the beginning of an identifier; null is all. */
  readonly search: string | null;
  readonly tier: string | null;
  /** Only customers with a smaller number; null is all. */
  readonly before: number | null;
}

/** A page of the merchant's customers, newest first; balances as the wallets last told them. */
export async function listCustomers(
  ctx: Context,
  query: CustomerQuery,
  limit: number,
  offset: number,
): Promise<{ readonly rows: readonly CustomerLine[]; readonly total: number }> {
  const filter = { ...query, id: null, lowestTier: standingFor(ctx.principal.program, 0).tier };
  return pageCustomers(ctx.db, ctx.principal.merchant.id, filter, limit, offset);
}

/** One customer as a list shows it, also one who was erased; undefined when there is none. */
export async function readCustomerLine(
  ctx: Context,
  id: string,
): Promise<CustomerLine | undefined> {
  const filter = {
    search: null,
    tier: null,
    before: null,
    id,
    lowestTier: standingFor(ctx.principal.program, 0).tier,
  };
  const { rows } = await pageCustomers(ctx.db, ctx.principal.merchant.id, filter, 1, 0);
  return rows[0];
}

/** Notes, after the answer, that a customer was seen. */
export function noteSeen(ctx: Context, id: string): void {
  const work = unitOfWork(ctx.db, ctx.principal.mode);
  work.add(touchCustomer(ctx.db, ctx.principal.merchant.id, id, ctx.now));
  ctx.defer(work.commit());
}
