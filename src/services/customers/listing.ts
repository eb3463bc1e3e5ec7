import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { nextCustomerNumber, readCustomerOrErased } from "../../registry/customers/customers.ts";
import type { CustomerWindow } from "../../registry/customers/windows.ts";
import { listCustomerWindow, summariseCustomers } from "../../registry/customers/windows.ts";
import type { Context } from "../context.ts";
import { readPoints } from "../ledger/points.ts";
import type { Decide } from "./changes.ts";
import { changeCustomerBy } from "./changes.ts";
import { typeOfCustomer } from "./customer-type.ts";
import type { Customer } from "./customers.ts";
import { getCustomer } from "./customers.ts";
import { resolveCustomer } from "./identity.ts";
import type { RegisterInput } from "./registration.ts";
import { registerCustomer } from "./registration.ts";

export type { CustomerWindow } from "../../registry/customers/windows.ts";

/** A customer with the points: the wallet's, or in a list what the wallet last told. */
export interface CustomerWithPoints extends Customer {
  /** Smallest step. */
  readonly points: number;
}

/**
 * Some of the merchant's customers in the order of their numbers, points as the wallets last told
 * them. Who was erased is among them, without data, so that no page loses anybody.
 */
export async function listWindow(
  { db, principal }: Context,
  window: CustomerWindow,
  slice: { readonly limit: number; readonly offset: number },
): Promise<readonly CustomerWithPoints[]> {
  const rows = await listCustomerWindow(db, principal.merchant.id, window, slice);
  return rows.map((customer) => ({ ...customer, points: customer.wallet?.points ?? 0 }));
}

/** How many customers a window has, and when the profile of the last of them was changed. */
export async function summariseWindow(
  { db, principal }: Context,
  window: CustomerWindow,
): Promise<{ readonly count: number; readonly updatedAt: number | null }> {
  return summariseCustomers(db, principal.merchant.id, window);
}

/** The customer with that number, points from the wallet. `not_found` (customer) if erased. */
export async function getWithPoints(
  ctx: Context,
  number: number,
): Promise<Result<CustomerWithPoints, LoyaltyError>> {
  const id = await resolveCustomer(ctx, number);
  if (!id.ok) return id;
  const found = await getCustomer(ctx, id.value);
  return found.ok ? ok(await withPoints(ctx, found.value)) : found;
}

/** {@link registerCustomer}, with the number that the customer got. */
export async function addWithPoints(
  ctx: Context,
  input: RegisterInput,
): Promise<Result<CustomerWithPoints, LoyaltyError>> {
  const made = await registerCustomer(ctx, input);
  if (!made.ok) return made;
  const { db, principal } = ctx;
  const kept = await readCustomerOrErased(db, principal.merchant.id, made.value.id);
  if (kept !== undefined) return ok({ ...kept, points: 0 });
  // A sandbox call keeps nobody.
  const [number, type] = await Promise.all([
    nextCustomerNumber(db, principal.merchant.id),
    typeOfCustomer(ctx, made.value),
  ]);
  return ok({ ...made.value, number, type, siteNumber: null, wallet: null, points: 0 });
}

/** Changes the customer with that number, as {@link changeCustomerBy} does. */
export async function changeWithPoints(
  ctx: Context,
  number: number,
  decide: Decide,
): Promise<Result<CustomerWithPoints, LoyaltyError>> {
  const id = await resolveCustomer(ctx, number);
  if (!id.ok) return id;
  const changed = await changeCustomerBy(ctx, id.value, decide);
  return changed.ok ? ok(await withPoints(ctx, changed.value)) : changed;
}

async function withPoints(ctx: Context, customer: Customer): Promise<CustomerWithPoints> {
  const { balance: points } = await readPoints(ctx, customer.id, 0);
  return { ...customer, points };
}
