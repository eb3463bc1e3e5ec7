import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { Memory } from "../../memory.ts";
import { findCustomerId, findCustomersByIdentifiers } from "../../registry/customers/customers.ts";
import type { Context } from "../context.ts";

const MAX_CACHED = 20_000;

/**
 * How long an isolate answers from what it knows. Numbers and reference codes never move to
 * another customer, but one who was erased in another isolate must not be found for long.
 */
const KNOWN_MS = 30_000;

const ids = new Memory<string>(MAX_CACHED);

/** The id of the merchant's customer with that number, from the isolate's memory or from D1. */
export async function resolveCustomer(
  ctx: Context,
  number: number,
): Promise<Result<string, LoyaltyError>> {
  return resolve(ctx, `number/${number}`, () =>
    findCustomerId(ctx.db, ctx.principal.merchant.id, number),
  );
}

/** The id of the merchant's customer with that reference code, like {@link resolveCustomer}. */
export async function resolveReferenceCode(
  ctx: Context,
  code: string,
): Promise<Result<string, LoyaltyError>> {
  return resolve(ctx, `code/${code}`, async () => {
    const wanted = [{ kind: "reference_code", value: code }] as const;
    const [id] = await findCustomersByIdentifiers(ctx.db, ctx.principal.merchant.id, wanted);
    return id;
  });
}

async function resolve(
  ctx: Context,
  name: string,
  find: () => Promise<string | undefined>,
): Promise<Result<string, LoyaltyError>> {
  const key = `${ctx.principal.merchant.id}/${name}`;
  const known = ids.recall(key, ctx.now);
  if (known !== undefined) return ok(known);
  const id = await find();
  if (id === undefined) return notFound("customer");
  return ok(ids.remember(key, id, ctx.now + KNOWN_MS));
}

/** Forgets, in this isolate, whose numbers and codes lead to a customer. */
export function forgetIdentity(id: string): void {
  ids.forgetWhere((known) => known === id);
}
