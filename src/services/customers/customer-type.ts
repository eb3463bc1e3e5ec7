import type { Rate } from "../../core/amount.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import { makeId } from "../../core/ids.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type {
  CustomerTypeFilter,
  CustomerTypeRow,
} from "../../registry/customers/customer-type.ts";
import {
  findCustomerType,
  findCustomerTypeByNumber,
  insertCustomerType,
  listCustomerTypes,
  listCustomerTypesByNumber,
  nextCustomerTypeNumber,
} from "../../registry/customers/customer-type.ts";
import { ulid } from "../../ulid.ts";
import type { Context } from "../context.ts";
import { guardWrite } from "../ledger/guarded-writes.ts";
import type { Page } from "../lists.ts";
import { pageOf } from "../lists.ts";
import type { Customer } from "./customers.ts";

export type { CustomerTypeRow } from "../../registry/customers/customer-type.ts";

/** A group of customers with earning and spending rules of its own, to add. */
export interface CustomerTypeInput {
  /** Number for dialects that speak numbers; null: the merchant's next one. */
  readonly number: number | null;
  readonly name: string;
  /** Hundredths of a percent. */
  readonly discount: number;
  /** Purchase, in the currency's smallest unit, that earns one point; null: earns nothing. */
  readonly earnAmount: number | null;
  /** Points that are worth one currency unit; null: cannot be spent. */
  readonly pointsPerUnit: Rate | null;
  readonly active: boolean;
}

/** Adds a customer type to the merchant. `already_exists` when the number is taken. */
export async function createCustomerType(
  ctx: Context,
  input: CustomerTypeInput,
): Promise<Result<CustomerTypeRow, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const merchantId = principal.merchant.id;
  const id = makeId("cty", ulid(now));
  const row = { id, merchantId, ...input, createdAt: now, updatedAt: now };
  const made = await guardWrite(ctx, null, async (work) => {
    const { number } = input;
    if (number !== null && (await getCustomerType(ctx, number)).ok) {
      return err({ code: "already_exists", object: "customer_type", field: "number" });
    }
    work.add(insertCustomerType(db, row));
    return ok({ id, number: number ?? (await nextCustomerTypeNumber(db, merchantId)) });
  });
  if (!made.ok) return made;
  const stored = await findCustomerType(db, merchantId, made.value.id);
  return ok(stored ?? { ...row, ...made.value });
}

/** A merchant's customer types, newest first. */
export async function pageCustomerTypes(
  ctx: Context,
  limit: number,
  before: string | null,
): Promise<Page<CustomerTypeRow>> {
  const { db, principal } = ctx;
  return pageOf(await listCustomerTypes(db, principal.merchant.id, limit + 1, before), limit);
}

/** Some of the merchant's customer types, by their numbers. */
export async function listTypes(
  { db, principal }: Context,
  filter: CustomerTypeFilter,
  slice: { readonly limit: number; readonly offset: number },
): Promise<readonly CustomerTypeRow[]> {
  return listCustomerTypesByNumber(db, principal.merchant.id, filter, slice);
}

/** The merchant's customer type with that number, active or not. */
export async function getCustomerType(
  { db, principal }: Context,
  number: number,
): Promise<Result<CustomerTypeRow, LoyaltyError>> {
  const row = await findCustomerTypeByNumber(db, principal.merchant.id, number);
  return row === undefined ? notFound("customer_type") : ok(row);
}

/** The type that a customer is of; null: of none, or of one that is not active. */
export async function typeOfCustomer(
  { db, principal }: Context,
  { attributes }: Pick<Customer, "attributes">,
): Promise<CustomerTypeRow | null> {
  const { type } = attributes;
  if (typeof type !== "string") return null;
  const row = await findCustomerType(db, principal.merchant.id, type);
  return row?.active ? row : null;
}
