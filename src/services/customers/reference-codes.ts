import type { LoyaltyError } from "../../core/errors.ts";
import { identifierOf, makeReferenceCode } from "../../core/identifiers.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { Customer, CustomerSearch, Identifier } from "../../registry/customers/customers.ts";
import {
  giveIdentifier,
  readReferenceCodes,
  searchCustomers,
} from "../../registry/customers/customers.ts";
import type { Context } from "../context.ts";
import { makeEvent } from "../events/events.ts";
import { guardWrite } from "../ledger/guarded-writes.ts";

export type { CustomerSearch } from "../../registry/customers/customers.ts";

/** A customer and the customer's reference code. */
interface Coded {
  readonly id: string;
  readonly code: string;
}

/** A new reference code, from a secure source. */
export function newReferenceCode(): string {
  const [random = 0n] = crypto.getRandomValues(new BigUint64Array(1));
  return makeReferenceCode(random);
}

/** A reference code as an identifier. */
export function referenceCode(value: string): Identifier {
  return { kind: "reference_code", value };
}

/** The merchant's customers whom a search means, newest first, each with a reference code. */
export async function findCoded(
  ctx: Context,
  search: CustomerSearch,
  limit: number,
): Promise<Result<readonly Customer[], LoyaltyError>> {
  const found = await searchCustomers(ctx.db, ctx.principal.merchant.id, search, limit);
  return withReferenceCodes(ctx, found);
}

/**
 * The customers, each with a reference code: those who came by another dialect get theirs now.
 * Without those who were erased meanwhile.
 */
export async function withReferenceCodes(
  ctx: Context,
  found: readonly Customer[],
): Promise<Result<readonly Customer[], LoyaltyError>> {
  const without = found.filter((customer) => identifierOf(customer, "reference_code") === null);
  if (without.length === 0) return ok(found);
  const ids = without.map(({ id }) => id);
  const given = await giveReferenceCodes(ctx, ids);
  if (!given.ok) return given;
  const codes = new Map(given.value.map(({ id, code }) => [id, code]));
  const coded = found.flatMap((customer): Customer[] => {
    if (identifierOf(customer, "reference_code") !== null) return [customer];
    const code = codes.get(customer.id);
    if (code === undefined) return [];
    return [{ ...customer, identifiers: [...customer.identifiers, referenceCode(code)] }];
  });
  return ok(coded);
}

async function giveReferenceCodes(
  ctx: Context,
  ids: readonly string[],
): Promise<Result<readonly Coded[], LoyaltyError>> {
  const merchantId = ctx.principal.merchant.id;
  return guardWrite<readonly Coded[]>(ctx, null, async (work) => {
    const known = await readReferenceCodes(ctx.db, merchantId, ids);
    const fresh = known
      .filter(({ code }) => code === null)
      .map(({ id }) => ({ id, code: newReferenceCode() }));
    for (const { id, code } of fresh) {
      const write = giveIdentifier(ctx.db, { id, merchantId }, referenceCode(code), ctx.now);
      work.addConditional(write);
    }
    const told = fresh.map(({ id }) =>
      makeEvent(ctx, "customer.updated", id, { customer: id, fields: ["reference_code"] }),
    );
    work.addEvents(merchantId, told);
    return ok([...known.filter(isCoded), ...fresh]);
  });
}

function isCoded(known: { readonly id: string; readonly code: string | null }): known is Coded {
  return known.code !== null;
}
