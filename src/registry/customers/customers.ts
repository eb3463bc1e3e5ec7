import type { SQL, SQLWrapper } from "drizzle-orm";
import { and, desc, eq, ne, sql } from "drizzle-orm";
import type { CustomerStatus, GivenStatus } from "../../core/customers.ts";
import type { Identifier, IdentifierKind } from "../../core/identifiers.ts";
import type { Database, Write } from "../database.ts";
import { customers, identifiers } from "./schema.ts";
import { numbersFound } from "./search.ts";
import type { Customer, CustomerRow, NewCustomer } from "./view.ts";
import { numbered, selectCustomers } from "./view.ts";

export type { Identifier, IdentifierKind } from "../../core/identifiers.ts";
export type { AddedCustomer, Customer, CustomerRow, NewCustomer } from "./view.ts";

/** The id of the customer with that number, for dialects that speak numbers. */
export async function findCustomerId(
  db: Database,
  merchantId: string,
  number: number,
): Promise<string | undefined> {
  const where = and(eq(customers.merchantId, merchantId), eq(customers.number, number), living());
  const row = await db.select({ id: customers.id }).from(customers).where(where).get();
  return row?.id;
}

/** Ids of the customers that have any of the identifiers; a customer may occur once. */
export async function findCustomersByIdentifiers(
  db: Database,
  merchantId: string,
  wanted: readonly Identifier[],
): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    sql`SELECT i.customer_id AS id ${anyOf(merchantId, wanted)}`,
  );
  return [...new Set(rows.map((row) => row.id))];
}

/** From the bound text into the index for each: an `OR` might go through all that there are. */
function anyOf(merchantId: string, wanted: readonly Identifier[]): SQL {
  const list = JSON.stringify(wanted.map(({ kind, value }) => ({ kind, value })));
  return sql`FROM json_each(${list}) AS w CROSS JOIN identifiers AS i
    ON i.merchant_id = ${merchantId} AND i.kind = json_extract(w.value, '$.kind')
    AND i.value = json_extract(w.value, '$.value')`;
}

/** Those of the identifiers that somebody has. */
export async function findHeld(
  db: Database,
  merchantId: string,
  wanted: readonly Identifier[],
): Promise<Identifier[]> {
  return db.all<Identifier>(sql`SELECT i.kind, i.value ${anyOf(merchantId, wanted)}`);
}

/** Customers of one e-mail, of which one is chosen. */
const NAMESAKES = 1_000;

/** Id of the customer with that e-mail (lower case): of several the newest active one. */
export async function findCustomerByEmail(
  db: Database,
  merchantId: string,
  email: string,
): Promise<string | undefined> {
  const alike = sql`(SELECT id FROM customers WHERE merchant_id = ${merchantId}
    AND email = ${email} ORDER BY number DESC LIMIT ${NAMESAKES})`;
  const activeFirst = desc(sql`${customers.status} = 'active'`);
  const found = await db
    .select({ id: customers.id })
    .from(customers)
    .where(sql`${customers.id} IN ${alike}`)
    .orderBy(activeFirst, desc(customers.joinedAt), desc(customers.number))
    .limit(1)
    .get();
  return found?.id;
}

/** A merchant's customer; nobody who was erased. */
export async function readCustomer(
  db: Database,
  merchantId: string,
  id: string,
): Promise<Customer | undefined> {
  const where = and(eq(customers.merchantId, merchantId), eq(customers.id, id), living());
  return selectCustomers(db, merchantId).where(where).get();
}

/** A merchant's customer, also one who was erased: of whom the status tells it. */
export async function readCustomerOrErased(
  db: Database,
  merchantId: string,
  id: string,
): Promise<Customer | undefined> {
  const where = and(eq(customers.merchantId, merchantId), eq(customers.id, id));
  return selectCustomers(db, merchantId).where(where).get();
}

/** The conditional write that gives a customer a status, unless it is that or was erased. */
export function setCustomerStatus(
  db: Database,
  merchantId: string,
  id: string,
  status: GivenStatus,
  now: number,
): Write {
  const own = and(eq(customers.merchantId, merchantId), eq(customers.id, id));
  return db
    .update(customers)
    .set({ status, updatedAt: now })
    .where(and(own, ne(customers.status, status), living()));
}

/** The status of the first of these customers of a merchant who is not active, if any is. */
export async function findBarred(
  db: Database,
  merchantId: string,
  ids: readonly string[],
): Promise<CustomerStatus | undefined> {
  const wanted = sql`${customers.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
  // By their ids: the merchant's index would lead through all of them.
  const own = sql`+${customers.merchantId} = ${merchantId}`;
  const barred = and(wanted, own, ne(customers.status, "active"));
  const row = await db.select({ status: customers.status }).from(customers).where(barred).get();
  return row?.status;
}

/** Whom a search looks for: whoever is all that is not null. */
export interface CustomerSearch {
  /** Part of the name, any case; without more, as {@link numbersFound} finds it. */
  readonly name: string | null;
  /** Lower case. */
  readonly email: string | null;
  readonly identifiers: readonly Identifier[];
}

/** A merchant's customers whom a search means, newest first, at most `limit`. */
export async function searchCustomers(
  db: Database,
  merchantId: string,
  search: CustomerSearch,
  limit: number,
): Promise<Customer[]> {
  const { name, email } = search;
  const has = ({ kind, value }: Identifier) =>
    sql`customers.id IN (SELECT customer_id FROM identifiers
      WHERE merchant_id = ${merchantId} AND kind = ${kind} AND value = ${value})`;
  const isFound = email !== null || search.identifiers.length > 0;
  const where = and(
    search.identifiers.length > 0
      ? ofMerchant(customers.merchantId, merchantId)
      : eq(customers.merchantId, merchantId),
    living(),
    name === null ? undefined : isNamed(merchantId, name, isFound),
    email === null ? undefined : eq(customers.email, email),
    ...search.identifiers.map(has),
  );
  const order = desc(customers.number);
  return selectCustomers(db, merchantId).where(where).orderBy(order).limit(limit).all();
}

/** Not LIKE: D1 allows its patterns 50 bytes, and a name may hold its wildcards. */
function isNamed(merchantId: string, name: string, isFound: boolean): SQL {
  if (isFound) return sql`INSTR(LOWER(customers.name), LOWER(${name})) > 0`;
  return numbered(merchantId, numbersFound(merchantId, name, "names"));
}

/** A customer's number, also that of somebody erased. */
export async function findCustomerNumber(
  db: Database,
  merchantId: string,
  id: string,
): Promise<number | undefined> {
  const where = and(eq(customers.merchantId, merchantId), eq(customers.id, id));
  const row = await db.select({ number: customers.number }).from(customers).where(where).get();
  return row?.number;
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

/** A profile to write; without a password the one that is kept stays. */
export type ChangedProfile = Omit<CustomerRow, "password"> & {
  readonly password?: string | null | undefined;
};

/**
 * The conditional write that changes a customer's profile: it changes a row only if nobody else
 * changed it since `before`, its moment of change when it was read.
 */
export function updateCustomer(db: Database, row: ChangedProfile, before: number): Write {
  const { id, merchantId, name, email, birthDate, status, attributes, password, updatedAt } = row;
  return db
    .update(customers)
    .set({ name, email, birthDate, status, attributes, password, updatedAt })
    .where(
      and(
        eq(customers.merchantId, merchantId),
        eq(customers.id, id),
        eq(customers.updatedAt, before),
        living(),
      ),
    );
}

/**
 * The writes that give a customer one identifier of its kind instead of all there were; a null
 * value leaves none. One that somebody else has refuses them.
 */
export function replaceIdentifier(
  db: Database,
  customer: Pick<CustomerRow, "id" | "merchantId">,
  kind: IdentifierKind,
  value: string | null,
  now: number,
): readonly Write[] {
  const { id: customerId, merchantId } = customer;
  const own = and(eq(identifiers.merchantId, merchantId), eq(identifiers.customerId, customerId));
  const clear = db.delete(identifiers).where(and(own, eq(identifiers.kind, kind)));
  if (value === null) return [clear];
  const row = { merchantId, kind, value, customerId, createdAt: now };
  return [clear, db.insert(identifiers).values(row)];
}

/** The reference codes of those of the customers who were not erased; null: has none. */
export async function readReferenceCodes(
  db: Database,
  merchantId: string,
  ids: readonly string[],
): Promise<{ readonly id: string; readonly code: string | null }[]> {
  const code = sql<string | null>`(SELECT i.value FROM identifiers AS i
    WHERE +i.merchant_id = customers.merchant_id AND i.customer_id = customers.id
    AND i.kind = 'reference_code')`;
  const wanted = sql`customers.id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
  const where = and(ofMerchant(customers.merchantId, merchantId), wanted, living());
  return db.select({ id: customers.id, code }).from(customers).where(where).all();
}

/**
 * The conditional write that gives a customer a first identifier of its kind; it adds a row only if
 * there is none yet.
 */
export function giveIdentifier(
  db: Database,
  customer: Pick<CustomerRow, "id" | "merchantId">,
  { kind, value }: Identifier,
  now: number,
): Write {
  const { id, merchantId } = customer;
  return db.insert(identifiers).select(
    sql`SELECT merchant_id, ${kind}, ${value}, id, ${now} FROM customers
      WHERE merchant_id = ${merchantId} AND id = ${id} AND status <> 'erased'
      AND NOT EXISTS (SELECT 1 FROM identifiers AS i
        WHERE +i.merchant_id = ${merchantId} AND i.customer_id = ${id} AND i.kind = ${kind})`,
  );
}

/** The write that notes when a customer was last seen. */
export function touchCustomer(db: Database, merchantId: string, id: string, now: number): Write {
  const where = and(eq(customers.merchantId, merchantId), eq(customers.id, id));
  return db.update(customers).set({ lastSeenAt: now }).where(where);
}

/** Of somebody erased the row stays, so that the number is nobody else's: it is never found. */
function living() {
  return ne(customers.status, "erased");
}

/**
 * The plus keeps SQLite from the merchant's index: it would rather go through all that a merchant
 * has than look a few rows up by their ids.
 */
function ofMerchant(column: SQLWrapper, merchantId: string): SQL {
  return sql`+${column} = ${merchantId}`;
}
