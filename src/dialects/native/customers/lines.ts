import type { LoyaltyError } from "../../../core/errors.ts";
import { invalid } from "../../../core/errors.ts";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import type { Received } from "../../../http/calls.ts";
import type { Context } from "../../../services/context.ts";
import type { Customer } from "../../../services/customers/customers.ts";
import { getCustomerOrErased } from "../../../services/customers/customers.ts";
import { readFreshness } from "../../../services/events/projection.ts";
import type { Page } from "../../../services/lists.ts";

/** The customer that the path names, from the wallet's copy: the answer says how old that is. */
export async function readCustomer(
  ctx: Context,
  received: Received,
): Promise<Result<Customer, LoyaltyError>> {
  const found = await getCustomerOrErased(ctx, received.path.id ?? "");
  if (found.ok) await setFreshness(received, ctx, found.value.id);
  return found;
}

/** Says how old the copies of all wallets are, or that of one customer's. */
export async function setFreshness(
  { headers }: Received,
  ctx: Context,
  customer: string | null,
): Promise<void> {
  const { asOf, seq } = await readFreshness(ctx, customer);
  headers["Guerdon-As-Of"] = new Date(asOf ?? ctx.now).toISOString();
  if (seq !== null) headers["Guerdon-Seq"] = String(seq);
}

/** A cursor that is a number. */
export function readNumber(cursor: string | null): Result<number | null, LoyaltyError> {
  if (cursor === null) return ok(null);
  return /^\d{1,15}$/.test(cursor)
    ? ok(Number(cursor))
    : invalid("/cursor", "invalid", "must be the next_cursor of a list");
}

/** A page of rows that are known by numbers and were read with one to spare. */
export function numberedPage<Row>(
  rows: readonly Row[],
  limit: number,
  number: (row: Row) => number,
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return {
    items,
    hasMore: rows.length > limit,
    next: last === undefined ? null : String(number(last)),
  };
}
