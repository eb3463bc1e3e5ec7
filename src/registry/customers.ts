import { and, desc, eq, or, sql } from "drizzle-orm";
import type { Database, Write } from "./database.ts";
import { customers, identifiers } from "./schema.ts";

/** A row of `customers`. */
export type CustomerRow = typeof customers.$inferSelect;

/** What a customer can be found by, besides the number. */
export type IdentifierKind = "phone" | "email" | "qr" | "card" | "external" | "referral";

/** One normalised identifier. */
export interface Identifier {
  readonly kind: IdentifierKind;
  readonly value: string;
}

// Names written out: in a query of one table drizzle leaves the table's away, and a bare name would
// mean the inner query's own column.
const homeSite = sql<number | null>`COALESCE(
  (SELECT s.number FROM sites AS s WHERE s.id = customers.site_id),
  (SELECT MIN(s.number) FROM sites AS s WHERE s.merchant_id = customers.merchant_id))`;

/** A customer with the identifiers it is found by. */
export interface CustomerRecord {
  readonly customer: CustomerRow;
  readonly identifiers: readonly Identifier[];
  /** Number of the customer's site, or else of the merchant's first; null without sites. */
  readonly siteNumber: number | null;
}

/** The id of the customer with that number, for dialects that speak numbers. */
export async function findCustomerId(
  db: Database,
  merchantId: string,
  number: number,
): Promise<string | undefined> {
  const where = and(eq(customers.merchantId, merchantId), eq(customers.number, number));
  const row = await db.select({ id: customers.id }).from(customers).where(where).get();
  return row?.id;
}

/** Ids of the customers that have any of the identifiers; a customer may occur once. */
export async function findCustomersByIdentifiers(
  db: Database,
  merchantId: string,
  wanted: readonly Identifier[],
): Promise<string[]> {
  const matches = wanted.map(({ kind, value }) =>
    and(eq(identifiers.kind, kind), eq(identifiers.value, value)),
  );
  if (matches.length === 0) return [];
  const rows = await db
    .selectDistinct({ id: identifiers.customerId })
    .from(identifiers)
    .where(and(eq(identifiers.merchantId, merchantId), or(...matches)))
    .all();
  return rows.map((row) => row.id);
}

/** Id of the customer with that e-mail (lower case): of several the newest active one. */
export async function findCustomerByEmail(
  db: Database,
  merchantId: string,
  email: string,
): Promise<string | undefined> {
  const where = and(eq(customers.merchantId, merchantId), eq(customers.email, email));
  const activeFirst = desc(sql`${customers.status} = 'active'`);
  const found = await db
    .select({ id: customers.id })
    .from(customers)
    .where(where)
    .orderBy(activeFirst, desc(customers.joinedAt), desc(customers.number))
    .limit(1)
    .get();
  return found?.id;
}

/** A merchant's customer with all identifiers. */
export async function readCustomer(
  db: Database,
  merchantId: string,
  id: string,
): Promise<CustomerRecord | undefined> {
  const where = and(eq(customers.merchantId, merchantId), eq(customers.id, id));
  const [rows, found] = await db.batch([
    db.select({ customer: customers, siteNumber: homeSite }).from(customers).where(where),
    db
      .select({ kind: identifiers.kind, value: identifiers.value })
      .from(identifiers)
      .where(and(eq(identifiers.merchantId, merchantId), eq(identifiers.customerId, id))),
  ]);
  const [row] = rows;
  if (row === undefined) return undefined;
  return { ...row, identifiers: found as readonly Identifier[] };
}

/** The number that the merchant's next customer gets. */
export async function nextCustomerNumber(db: Database, merchantId: string): Promise<number> {
  const row = await db
    .select({ next: sql<number>`COALESCE(MAX(${customers.number}), 0) + 1` })
    .from(customers)
    .where(eq(customers.merchantId, merchantId))
    .get();
  return row?.next ?? 1;
}

/** A customer to add; without a number it gets the merchant's next one. */
export type NewCustomer = Omit<CustomerRow, "number"> & { readonly number: number | null };

/** The writes that add a customer and its identifiers; any that is taken refuses them all. */
export function insertCustomer(
  db: Database,
  row: NewCustomer,
  own: readonly Identifier[],
): readonly Write[] {
  const { id: customerId, merchantId, createdAt } = row;
  const number =
    row.number ??
    sql`(SELECT COALESCE(MAX(number), 0) + 1 FROM customers WHERE merchant_id = ${merchantId})`;
  const writes: Write[] = [db.insert(customers).values({ ...row, number })];
  if (own.length > 0) {
    const rows = own.map((identifier) => ({ ...identifier, merchantId, customerId, createdAt }));
    writes.push(db.insert(identifiers).values(rows));
  }
  return writes;
}

/** The write that notes when a customer was last seen. */
export function touchCustomer(db: Database, merchantId: string, id: string, now: number): Write {
  const where = and(eq(customers.merchantId, merchantId), eq(customers.id, id));
  return db.update(customers).set({ lastSeenAt: now }).where(where);
}
