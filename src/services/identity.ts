import type { LoyaltyError } from "../core/errors.ts";
import { notFound } from "../core/errors.ts";
import type { Result } from "../core/result.ts";
import { ok } from "../core/result.ts";
import { findCustomerId } from "../registry/customers.ts";
import type { Context } from "./context.ts";

const MAX_CACHED = 20_000;

/** Numbers never move to another customer, so what an isolate knows of them stays true. */
const cache = new Map<string, string>();

/** The id of the merchant's customer with that number, from the isolate's memory or from D1. */
export async function resolveCustomer(
  ctx: Context,
  number: number,
): Promise<Result<string, LoyaltyError>> {
  const merchantId = ctx.principal.merchant.id;
  const key = `${merchantId}/${number}`;
  const known = cache.get(key);
  if (known !== undefined) return ok(known);
  const id = await findCustomerId(ctx.db, merchantId, number);
  if (id === undefined) return notFound("customer");
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(key, id);
  return ok(id);
}
