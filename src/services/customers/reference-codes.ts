import type { LoyaltyError } from "../../core/errors.ts";
import { makeReferenceCode } from "../../core/identifiers.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type {
  CustomerSearch,
  Identifier,
  NewCustomer,
} from "../../registry/customers/customers.ts";
import {
  giveIdentifier,
  readReferenceCodes,
  searchCustomers,
} from "../../registry/customers/customers.ts";
import type { Context } from "../context.ts";
import { makeEvent } from "../events/events.ts";
import { guardWrite } from "../ledger/guarded-writes.ts";

export type { CustomerSearch } from "../../registry/customers/customers.ts";

/** A customer with what the customer is found by. */
export interface Person {
  readonly customer: NewCustomer;
  readonly identifiers: readonly Identifier[];
}

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

/** Whether there is a reference code among the identifiers. */
export function hasReferenceCode({ identifiers }: Pick<Person, "identifiers">): boolean {
  return identifiers.some(({ kind }) => kind === "reference_code");
}

/** The merchant's customers whom a search means, newest first, each with a reference code. */
export async function findPersons(
  ctx: Context,
  search: CustomerSearch,
  limit: number,
): Promise<Result<readonly Person[], LoyaltyError>> {
  const found = await searchCustomers(ctx.db, ctx.principal.merchant.id, search, limit);
  return withReferenceCodes(ctx, found);
}

/**
 * The customers, each with a reference code: those who came by another dialect get theirs now.
 * Without those who were erased meanwhile.
 */
export async function withReferenceCodes(
  ctx: Context,
  persons: readonly Person[],
): Promise<Result<readonly Person[], LoyaltyError>> {
  const without = persons.filter((person) => !hasReferenceCode(person));
  if (without.length === 0) return ok(persons);
  const ids = without.map(({ customer }) => customer.id);
  const given = await giveReferenceCodes(ctx, ids);
  if (!given.ok) return given;
  const codes = new Map(given.value.map(({ id, code }) => [id, code]));
  const coded = persons.flatMap((person): Person[] => {
    if (hasReferenceCode(person)) return [person];
    const code = codes.get(person.customer.id);
    if (code === undefined) return [];
    return [{ ...person, identifiers: [...person.identifiers, referenceCode(code)] }];
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
