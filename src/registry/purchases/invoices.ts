import type { SQL } from "drizzle-orm";
import { and, asc, eq, gte, isNull, lt, sql } from "drizzle-orm";
import type { Slice } from "../blocks.ts";
import { placeOf } from "../blocks.ts";
import { customers } from "../customers/schema.ts";
import type { Database, Write } from "../database.ts";
import { sites } from "../merchants/schema.ts";
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
  { limit, offset }: Slice,
): Promise<InvoiceRecord[]> {
  const rows = (where: SQL) => records(db, merchantId, where).orderBy(asc(invoices.number)).all();
  const numbered = (page: SQL) => rows(sql`${invoices.number} IN (${page})`);
  if (window.reference !== null) {
    return offset > 0
      ? []
      : rows(sql`${eq(invoices.reference, window.reference)}
      AND ${within(window)}`);
  }
  if (isTimed(window)) {
    // The plus has the index of changes be gone through, whose entries tell all that is asked.
    return numbered(sql`SELECT number FROM invoices WHERE merchant_id = ${merchantId}
      AND ${within(window)} ORDER BY +number LIMIT ${limit} OFFSET ${offset}`);
  }
  const { from, skip } = await placeOf(db, sumsOf(merchantId, window), offset, "ascending");
  if (from === null) return [];
  return numbered(sql`SELECT number FROM invoices WHERE merchant_id = ${merchantId}
    AND number >= ${from} ${ofSite(window)} ORDER BY number LIMIT ${limit} OFFSET ${skip}`);
}

/** How many of a merchant's invoices a window has. */
export async function countInvoices(
  db: Database,
  merchantId: string,
  window: InvoiceWindow,
): Promise<number> {
  const { reference } = window;
  if (reference === null && !isTimed(window)) {
    return (await placeOf(db, sumsOf(merchantId, window), 0, "ascending")).total;
  }
  const isMeant = reference === null ? sql`` : sql`AND reference = ${reference}`;
  const found = await db.get<{ total: number }>(sql`SELECT COUNT(*) AS total FROM invoices
    WHERE merchant_id = ${merchantId} AND ${within(window)} ${isMeant}`);
  return found?.total ?? 0;
}

function sumsOf(merchantId: string, window: InvoiceWindow): SQL {
  return sql`SELECT block << 12 AS start, SUM(invoices) AS n FROM invoice_blocks
    WHERE merchant_id = ${merchantId} ${ofSite(window)} GROUP BY block`;
}

function isTimed({ since, until }: InvoiceWindow): boolean {
  return since > 0 || until < Number.MAX_SAFE_INTEGER;
}

function ofSite({ siteId }: InvoiceWindow): SQL {
  return siteId === null ? sql`` : sql`AND site_id = ${siteId}`;
}

function within(window: InvoiceWindow): SQL {
  const { updatedAt, siteId } = invoices;
  const own = window.siteId === null ? undefined : eq(siteId, window.siteId);
  return sql`${and(gte(updatedAt, window.since), lt(updatedAt, window.until), own)}`;
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
  // From each merchant that has any to the next: none is looked at that has none.
  const next = (after: SQL) => sql`(SELECT MIN(merchant_id) FROM invoices
    WHERE ${IS_OPEN} AND merchant_id > ${after})`;
  const page = sql`WITH RECURSIVE owing(id) AS (SELECT ${next(sql`''`)}
      UNION ALL SELECT ${next(sql`owing.id`)} FROM owing WHERE owing.id IS NOT NULL)
    SELECT invoices.id FROM owing CROSS JOIN invoices ON invoices.id IN (
      SELECT id FROM invoices WHERE merchant_id = owing.id AND ${IS_OPEN}
        AND retry_at <= ${now} AND created_at < ${until} ORDER BY retry_at LIMIT ${cap})
    LIMIT ${limit}`;
  return db.select().from(invoices).where(sql`${invoices.id} IN (${page})`).all();
}

/** As the index of the open ones has it. */
const IS_OPEN = sql.raw(`customer_id IS NOT NULL AND (booked_at IS NULL
  OR (voided_at IS NOT NULL AND void_booked_at IS NULL))`);

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
    .where(
      and(
        eq(invoices.merchantId, merchantId),
        eq(invoices.customerId, customerId),
        // As the index of those with remarks has it.
        sql`(void_reason IS NOT NULL OR document ->> '$.shown.remark' IS NOT NULL)`,
      ),
    );
}

function own({ id, merchantId }: NewInvoice): SQL | undefined {
  return and(eq(invoices.merchantId, merchantId), eq(invoices.id, id));
}
