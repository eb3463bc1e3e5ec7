import { and, asc, desc, eq, gte, lt, sql } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import { customerTypes } from "./schema.ts";

/** A row of `customer_types`. */
export type CustomerTypeRow = typeof customerTypes.$inferSelect;

/** A merchant's customer type by its id. */
export async function findCustomerType(
  db: Database,
  merchantId: string,
  id: string,
): Promise<CustomerTypeRow | undefined> {
  const where = and(eq(customerTypes.merchantId, merchantId), eq(customerTypes.id, id));
  return db.select().from(customerTypes).where(where).get();
}

/** A merchant's customer type by its number. */
export async function findCustomerTypeByNumber(
  db: Database,
  merchantId: string,
  number: number,
): Promise<CustomerTypeRow | undefined> {
  const where = and(eq(customerTypes.merchantId, merchantId), eq(customerTypes.number, number));
  return db.select().from(customerTypes).where(where).get();
}

/** A merchant's customer types, newest first, at most `limit`, older than the id `before`. */
export async function listCustomerTypes(
  db: Database,
  merchantId: string,
  limit: number,
  before: string | null,
): Promise<CustomerTypeRow[]> {
  const own = eq(customerTypes.merchantId, merchantId);
  const where = before === null ? own : and(own, lt(customerTypes.id, before));
  const query = db.select().from(customerTypes).where(where);
  return query.orderBy(desc(customerTypes.id)).limit(limit).all();
}

/** Which customer types to list. */
export interface CustomerTypeFilter {
  readonly activeOnly: boolean;
  /** Only those that were changed then or later. */
  readonly since: number;
  /** Not included. */
  readonly until: number;
}

/** Some of a merchant's customer types, by their numbers. */
export async function listCustomerTypesByNumber(
  db: Database,
  merchantId: string,
  { activeOnly, since, until }: CustomerTypeFilter,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<CustomerTypeRow[]> {
  const { updatedAt, active } = customerTypes;
  const where = and(
    eq(customerTypes.merchantId, merchantId),
    gte(updatedAt, since),
    lt(updatedAt, until),
    activeOnly ? eq(active, true) : undefined,
  );
  const rows = db.select().from(customerTypes).where(where).orderBy(asc(customerTypes.number));
  return rows.limit(limit).offset(offset).all();
}

/**
 * The write that adds a customer type, under the merchant's next number unless it has one; a taken
 * number refuses it.
 */
export function insertCustomerType(
  db: Database,
  row: Omit<CustomerTypeRow, "number"> & { readonly number: number | null },
): Write {
  const number =
    row.number ??
    sql`(SELECT COALESCE(MAX(number), 0) + 1 FROM customer_types
      WHERE merchant_id = ${row.merchantId})`;
  return db.insert(customerTypes).values({ ...row, number });
}

/** The number that the merchant's next customer type gets. */
export async function nextCustomerTypeNumber(db: Database, merchantId: string): Promise<number> {
  const next = sql<number>`COALESCE(MAX(${customerTypes.number}), 0) + 1`;
  const own = eq(customerTypes.merchantId, merchantId);
  return (await db.select({ next }).from(customerTypes).where(own).get())?.next ?? 1;
}
