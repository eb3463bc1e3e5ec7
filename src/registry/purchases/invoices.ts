import type { SQL } from "drizzle-orm";
import { and, asc, eq, gte, isNull, lt, sql } from "drizzle-orm";
import { customers } from "../customers/schema.ts";
import type { Database, Write } from "../database.ts";
import { merchants, sites } from "../merchants/schema.ts";
import { invoices } from "./schema.ts";

/** A row of `invoices`. */
export type InvoiceRow = typeof invoices.$inferSelect;

/** An invoice to add: it gets the merchant's next number. */
export type NewInvoice = Omit<InvoiceRow, "number" | "tries" | "retryAt">;

/** An invoice with the customer and the site that it names. */
export interface InvoiceRecord {
  readonly invoice: InvoiceRow;
  readonly customerNumber: number | null;
  readonly customerName: string | null;
  readonly siteNumber: number | null;
}

/** The write that adds an invoice; a reference that the merchant has already refuses it. */
export function insertInvoice(db: Database, row: NewInvoice): Write {
  const number = sql`(SELECT COALESCE(MAX(number), 0) + 1 FROM invoices
    WHERE merchant_id = ${row.merchantId})`;
  return db.insert(invoices).values({ ...row, number });
}

/** The number that the merchant's next invoice gets. */
export async function nextInvoiceNumber(db: Database, merchantId: string): Promise<number> {
  const next = sql<number>`COALESCE(MAX(${invoices.number}), 0) + 1`;
  const own = eq(invoices.merchantId, merchantId);
  return (await db.select({ next }).from(invoices).where(own).get())?.next ?? 1;
}

/** A merchant's invoice by its number. */
export async function findInvoice(
  db: Database,
  merchantId: string,
  number: number,
): Promise<InvoiceRecord | undefined> {
  return records(db, merchantId, eq(invoices.number, number)).get();
}

/** A merchant's invoice by its id. */
export async function findInvoiceById(
  db: Database,
  merchantId: string,
  id: string,
): Promise<InvoiceRecord | undefined> {
  return records(db, merchantId, eq(invoices.id, id)).get();
}

/** A merchant's invoice by the till's own number. */
export async function findInvoiceByReference(
  db: Database,
  merchantId: string,
  reference: string,
): Promise<InvoiceRow | undefined> {
  const where = and(eq(invoices.merchantId, merchantId), eq(invoices.reference, reference));
  return db.select().from(invoices).where(where).get();
}

/** Which invoices a list has: those that are all that is not null. */
export interface InvoiceWindow {
  /** Only those that were changed then or later. */
  readonly since: number;
  /** Not included. */
  readonly until: number;
  readonly siteId: string | null;
  readonly reference: string | null;
}

/** Some of a merchant's invoices, by their numbers. */
export async function listInvoices(
  db: Database,
  merchantId: string,
  window: InvoiceWindow,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<InvoiceRecord[]> {
  const rows = records(db, merchantId, within(window)).orderBy(asc(invoices.number));
  return rows.limit(limit).offset(offset).all();
}

/** How many of a merchant's invoices a window has. */
export async function countInvoices(
  db: Database,
  merchantId: string,
  window: InvoiceWindow,
): Promise<number> {
  const where = and(eq(invoices.merchantId, merchantId), within(window));
  const count = sql<number>`COUNT(*)`;
  return (await db.select({ count }).from(invoices).where(where).get())?.count ?? 0;
}

function within({ since, until, siteId, reference }: InvoiceWindow): SQL | undefined {
  return and(
    gte(invoices.updatedAt, since),
    lt(invoices.updatedAt, until),
    siteId === null ? undefined : eq(invoices.siteId, siteId),
    reference === null ? undefined : eq(invoices.reference, reference),
  );
}

function records(db: Database, merchantId: string, where: SQL | undefined) {
  const bought = and(eq(customers.id, invoices.customerId), eq(customers.merchantId, merchantId));
  return db
    .select({
      invoice: invoices,
      customerNumber: customers.number,
      customerName: customers.name,
      siteNumber: sites.number,
    })
    .from(invoices)
    .leftJoin(customers, bought)
    .leftJoin(sites, and(eq(sites.id, invoices.siteId), eq(sites.merchantId, merchantId)))
    .where(and(eq(invoices.merchantId, merchantId), where))
    .$dynamic();
}

/** Waits between two tries double, up to some four hours. */
const RETRY_MS = 60_000;
const MAX_DOUBLINGS = 8;

/**
 * Invoices that a wallet still has to book or to take back and that are due to be tried: made
 * before `until`, of each merchant at most `cap`, so that one with many leaves room for the others.
 */
export async function listOpenInvoices(
  db: Database,
  { now, until }: { readonly now: number; readonly until: number },
  { cap, limit }: { readonly cap: number; readonly limit: number },
): Promise<InvoiceRow[]> {
  const own = sql`(SELECT open.id FROM invoices AS open WHERE open.merchant_id = ${merchants.id}
    AND open.customer_id IS NOT NULL AND (open.booked_at IS NULL
      OR (open.voided_at IS NOT NULL AND open.void_booked_at IS NULL))
    AND open.retry_at <= ${now} AND open.created_at < ${until}
    ORDER BY open.retry_at LIMIT ${cap})`;
  const rows = await db
    .select({ invoice: invoices })
    .from(merchants)
    .innerJoin(invoices, sql`${invoices.id} IN ${own}`)
    .limit(limit)
    .all();
  return rows.map(({ invoice }) => invoice);
}

/** The write that has invoices that are about to be tried wait ever longer for the next time. */
export function postponeInvoices(db: Database, rows: readonly InvoiceRow[], now: number): Write {
  const ids = JSON.stringify(rows.map(({ id }) => id));
  return db
    .update(invoices)
    .set({
      tries: sql`${invoices.tries} + 1`,
      retryAt: sql`${now} + (${RETRY_MS} << MIN(${invoices.tries}, ${MAX_DOUBLINGS}))`,
    })
    .where(sql`${invoices.id} IN (SELECT value FROM json_each(${ids}))`);
}

/** The write that notes what the wallet has booked for an invoice, once. */
export function noteBooked(db: Database, row: NewInvoice, points: number, now: number): Write {
  return db
    .update(invoices)
    .set({ bookedAt: now, pointsEarned: points })
    .where(and(own(row), isNull(invoices.bookedAt)));
}

/** The write that removes an invoice that the wallet refused to book. */
export function deleteUnbooked(db: Database, row: NewInvoice): Write {
  return db.delete(invoices).where(and(own(row), isNull(invoices.bookedAt)));
}

/** The conditional write that marks an invoice as void, as `row` has it, unless it is already. */
export function markVoided(db: Database, row: NewInvoice): Write {
  const { voidedAt, voidBookedAt, voidReason, updatedAt } = row;
  return db
    .update(invoices)
    .set({ voidedAt, voidBookedAt, voidReason, updatedAt, tries: 0, retryAt: 0 })
    .where(and(own(row), isNull(invoices.voidedAt)));
}

/** The write that notes that the wallet has taken an invoice back, once. */
export function noteVoidBooked(db: Database, row: NewInvoice, now: number): Write {
  return db
    .update(invoices)
    .set({ voidBookedAt: now })
    .where(and(own(row), isNull(invoices.voidBookedAt)));
}

/** The write that takes a mark back which the wallet refused; another one since then stays. */
export function unmarkVoided(db: Database, row: NewInvoice): Write {
  const isSame = sql`${invoices.voidedAt} = ${row.voidedAt}`;
  return db
    .update(invoices)
    .set({ voidedAt: null, voidReason: null })
    .where(and(own(row), isSame, isNull(invoices.voidBookedAt)));
}

/** The write that takes from a customer's invoices what a person wrote about them. */
export function forgetRemarks(db: Database, merchantId: string, customerId: string): Write {
  return db
    .update(invoices)
    .set({
      document: sql`json_set(${invoices.document}, '$.shown.remark', NULL)`,
      voidReason: null,
    })
    .where(and(eq(invoices.merchantId, merchantId), eq(invoices.customerId, customerId)));
}

function own({ id, merchantId }: NewInvoice): SQL | undefined {
  return and(eq(invoices.merchantId, merchantId), eq(invoices.id, id));
}
