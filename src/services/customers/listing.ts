import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { CustomerWindow, TypedCustomer } from "../../registry/customers/windows.ts";
import { listTypedCustomers, summariseCustomers } from "../../registry/customers/windows.ts";
import type { Context } from "../context.ts";
import { readPoints } from "../ledger/points.ts";
import type { Decide } from "./changes.ts";
import { changeCustomerBy } from "./changes.ts";
import { typeOfCustomer } from "./customer-type.ts";
import type { CustomerRecord, IdentifierKind } from "./customers.ts";
import { getCustomer } from "./customers.ts";
import { resolveCustomer } from "./identity.ts";
import type { RegisterInput } from "./registration.ts";
import { numberOf, registerCustomer } from "./registration.ts";

export type { CustomerWindow, TypedCustomer } from "../../registry/customers/windows.ts";

/**
 * Some of the merchant's customers in the order of their numbers, points as the wallets last told
 * them. Who was erased is among them, without data, so that no page loses anybody.
 */
export async function listWindow(
  { db, principal }: Context,
  window: CustomerWindow,
  slice: { readonly limit: number; readonly offset: number },
): Promise<readonly TypedCustomer[]> {
  return listTypedCustomers(db, principal.merchant.id, window, slice);
}

/** How many customers a window has, and when the profile of the last of them was changed. */
export async function summariseWindow(
  { db, principal }: Context,
  window: CustomerWindow,
): Promise<{ readonly count: number; readonly updatedAt: number | null }> {
  return summariseCustomers(db, principal.merchant.id, window);
}

/** The customer with that number, points from the wallet. `not_found` (customer) if erased. */
export async function getTypedCustomer(
  ctx: Context,
  number: number,
): Promise<Result<TypedCustomer, LoyaltyError>> {
  const id = await resolveCustomer(ctx, number);
  if (!id.ok) return id;
  const found = await getCustomer(ctx, id.value);
  return found.ok ? ok(await withPoints(ctx, found.value)) : found;
}

/** {@link registerCustomer}, with the number that the customer got. */
export async function addTypedCustomer(
  ctx: Context,
  input: RegisterInput,
): Promise<Result<TypedCustomer, LoyaltyError>> {
  const made = await registerCustomer(ctx, input);
  if (!made.ok) return made;
  const { customer, identifiers } = made.value;
  const number = await numberOf(ctx, customer.id);
  const record = { customer: { ...customer, number }, identifiers };
  const type = await typeOfCustomer(ctx, customer);
  return ok({ ...identified(record), type, points: 0 });
}

/** Changes the customer with that number, as {@link changeCustomerBy} does. */
export async function changeTypedCustomer(
  ctx: Context,
  number: number,
  decide: Decide,
): Promise<Result<TypedCustomer, LoyaltyError>> {
  const id = await resolveCustomer(ctx, number);
  if (!id.ok) return id;
  const changed = await changeCustomerBy(ctx, id.value, decide);
  return changed.ok ? ok(await withPoints(ctx, changed.value)) : changed;
}

async function withPoints(ctx: Context, record: CustomerRecord): Promise<TypedCustomer> {
  const { customer } = record;
  const [type, { balance: points }] = await Promise.all([
    typeOfCustomer(ctx, customer),
    readPoints(ctx, customer.id, 0),
  ]);
  return { ...identified(record), type, points };
}

function identified(
  record: Pick<CustomerRecord, "customer" | "identifiers">,
): Omit<TypedCustomer, "type" | "points"> {
  const { customer, identifiers } = record;
  const first = (kind: IdentifierKind): string | null => {
    const own = identifiers.filter((identifier) => identifier.kind === kind);
    return own.map(({ value }) => value).sort()[0] ?? null;
  };
  return {
    customer,
    alternateCode: first("alternate_code"),
    referenceCode: first("reference_code"),
    phone: first("phone"),
  };
}
