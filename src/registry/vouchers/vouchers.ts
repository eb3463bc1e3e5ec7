import type { SQL } from "drizzle-orm";
import { and, asc, desc, eq, inArray, isNull, lt, or, sql } from "drizzle-orm";
import type { BookedEvent } from "../../core/events/body.ts";
import type { Database, Write } from "../database.ts";
import { insertEventAbout, lastEventData } from "../events/events.ts";
import type { Taking } from "../unit-of-work.ts";
import { isActive } from "./redemptions.ts";
import { seriesCounts, voucherSeries, vouchers } from "./schema.ts";
import type { SeriesRow, VoucherRecord } from "./view.ts";
import { withSeries } from "./view.ts";

export type { SeriesRow, VoucherRecord, VoucherRow } from "./view.ts";

/** The write that adds a series under the merchant's next number. */
export function insertSeries(db: Database, row: Omit<SeriesRow, "number">): Write {
  const next = sql`(SELECT COALESCE(MAX(number), 0) + 1 FROM voucher_series
    WHERE merchant_id = ${row.merchantId})`;
  return db.insert(voucherSeries).values({ ...row, number: next });
}

/** What vouchers to add to a series. */
export interface NewVouchers {
  readonly merchantId: string;
  readonly seriesId: string;
  readonly generated: boolean;
  readonly now: number;
  /** Whom they are issued to; null is anybody's. */
  readonly customerId: string | null;
  /** First and last good business day, `YYYY-MM-DD`; null: the series' counts. */
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly vouchers: readonly { readonly id: string; readonly code: string }[];
}

/**
 * The write that adds vouchers, numbered from the merchant's next one: one statement however many
 * they are, since one bound text carries them all. A code that is taken refuses it.
 */
export function insertVouchers(db: Database, added: NewVouchers): Write {
  const { merchantId, seriesId, generated, now, customerId, validFrom, validUntil } = added;
  return db.insert(vouchers).select(
    sql`SELECT json_extract(item.value, '$.id'), ${merchantId}, ${seriesId},
      (SELECT COALESCE(MAX(number), 0) FROM vouchers WHERE merchant_id = ${merchantId})
        + item.key + 1,
      json_extract(item.value, '$.code'), ${generated ? 1 : 0}, 'active', ${customerId},
      ${customerId === null ? null : now}, NULL, NULL, NULL, NULL, NULL, ${now}, ${now},
      ${validFrom}, ${validUntil}
      FROM json_each(${JSON.stringify(added.vouchers)}) AS item`,
  );
}

/** What a series is found by. */
export type SeriesName =
  | { readonly id: string }
  | { readonly number: number }
  | { readonly key: string };

/** A merchant's series by its id, number or key. */
export async function findSeries(
  db: Database,
  merchantId: string,
  by: SeriesName,
): Promise<SeriesRow | undefined> {
  const where = and(eq(voucherSeries.merchantId, merchantId), namedBy(by));
  return db.select().from(voucherSeries).where(where).get();
}

function namedBy(by: SeriesName): SQL {
  if ("id" in by) return eq(voucherSeries.id, by.id);
  return "key" in by ? eq(voucherSeries.key, by.key) : eq(voucherSeries.number, by.number);
}

/** A series with the counts of its vouchers. */
export interface SeriesSummary {
  readonly series: SeriesRow;
  readonly vouchers: number;
  readonly redeemed: number;
}

/** A page of a merchant's series, newest first, with counts, and how many there are in all. */
export async function pageSeries(
  db: Database,
  merchantId: string,
  limit: number,
  offset: number,
): Promise<{ readonly rows: readonly SeriesSummary[]; readonly total: number }> {
  const own = eq(voucherSeries.merchantId, merchantId);
  // No series goes, and each gets the next number: so the numbers tell how many there are before.
  const last = sql<number>`(SELECT MAX(number) FROM voucher_series
    WHERE merchant_id = ${merchantId})`;
  const counted = db
    .select({
      series: voucherSeries,
      vouchers: sql<number>`COALESCE(${seriesCounts.vouchers}, 0)`,
      redeemed: sql<number>`COALESCE(${seriesCounts.redeemed}, 0)`,
    })
    .from(voucherSeries)
    .leftJoin(seriesCounts, eq(seriesCounts.seriesId, voucherSeries.id));
  const [rows, found] = await Promise.all([
    counted
      .where(and(own, sql`${voucherSeries.number} <= ${last} - ${offset}`))
      .orderBy(desc(voucherSeries.number))
      .limit(limit),
    db.get<{ total: number | null }>(sql`SELECT ${last} AS total`),
  ]);
  return { rows, total: found?.total ?? 0 };
}

/** The voucher that a typed code means: exact for imported codes, any case for generated ones. */
export async function findVoucherByCode(
  db: Database,
  merchantId: string,
  candidates: { readonly exact: readonly string[]; readonly generated: readonly string[] },
): Promise<VoucherRecord | undefined> {
  const { exact, generated } = candidates;
  const where = and(
    eq(vouchers.merchantId, merchantId),
    // Of its own, or SQLite would go through all that the merchant has.
    inArray(vouchers.code, [...exact, ...generated]),
    or(inArray(vouchers.code, [...exact]), eq(vouchers.generated, true)),
  );
  const preferExact = sql`${vouchers.code} = ${exact[0]} DESC`;
  return withSeries(db).where(where).orderBy(preferExact).limit(1).get();
}

/**
 * The voucher whose code is the text in any case. Where a merchant imported codes that differ only
 * by case, the exact one is meant, or else the oldest.
 */
export async function findVoucherAnyCase(
  db: Database,
  merchantId: string,
  code: string,
): Promise<VoucherRecord | undefined> {
  const alike = sql`${vouchers.code} = ${code} COLLATE NOCASE`;
  const preferExact = sql`${vouchers.code} = ${code} DESC`;
  return withSeries(db)
    .where(and(eq(vouchers.merchantId, merchantId), alike))
    .orderBy(preferExact, asc(vouchers.number))
    .limit(1)
    .get();
}

/** The vouchers with exactly these codes: one bound text carries them all. */
export async function findVouchersByCodes(
  db: Database,
  merchantId: string,
  codes: readonly string[],
): Promise<VoucherRecord[]> {
  const wanted = sql`${vouchers.code} IN (SELECT value FROM json_each(${JSON.stringify(codes)}))`;
  return withSeries(db)
    .where(and(eq(vouchers.merchantId, merchantId), wanted))
    .all();
}

/** A merchant's voucher by its id. */
export async function findVoucher(
  db: Database,
  merchantId: string,
  id: string,
): Promise<VoucherRecord | undefined> {
  const where = and(eq(vouchers.merchantId, merchantId), eq(vouchers.id, id));
  return withSeries(db).where(where).get();
}

/** The voucher that was issued to a customer under that reference. */
export async function findVoucherByIssueReference(
  db: Database,
  merchantId: string,
  customerId: string,
  reference: string,
): Promise<VoucherRecord | undefined> {
  const own = and(eq(vouchers.customerId, customerId), eq(vouchers.issueReference, reference));
  return findOwn(db, merchantId, own);
}

/** The series' first voucher that nobody has yet. */
export async function findFreeVoucher(
  db: Database,
  merchantId: string,
  seriesId: string,
): Promise<VoucherRecord | undefined> {
  const where = and(
    eq(vouchers.merchantId, merchantId),
    eq(vouchers.seriesId, seriesId),
    // Written out, or SQLite does not know that the index of free ones holds them.
    sql`${vouchers.status} = 'active'`,
    isNull(vouchers.customerId),
  );
  return withSeries(db).where(where).orderBy(asc(vouchers.number)).limit(1).get();
}

/** What an issue writes. */
export interface IssueWrite {
  readonly merchantId: string;
  readonly seriesId: string;
  readonly customerId: string;
  readonly reference: string | null;
  readonly now: number;
  /** What tells of it; which voucher it was is added to its data. */
  readonly event: BookedEvent;
}

/**
 * What gives the series' next free voucher to a customer: which one that is, the statement itself
 * says. So any number at once each get another, and only where none is left nothing changes.
 */
export function issueNextVoucher(db: Database, write: IssueWrite): Taking {
  const { merchantId, seriesId, customerId, reference, now, event } = write;
  const next = sql`(SELECT free.id FROM vouchers AS free WHERE free.merchant_id = ${merchantId}
    AND free.series_id = ${seriesId} AND free.status = 'active' AND free.customer_id IS NULL
    ORDER BY free.number LIMIT 1)`;
  const take = db
    .update(vouchers)
    .set({ customerId, issuedAt: now, issueReference: reference, updatedAt: now })
    .where(
      and(
        eq(vouchers.merchantId, merchantId),
        eq(vouchers.id, next),
        isActive(merchantId, customerId),
      ),
    )
    .returning({ id: vouchers.id });
  return {
    event: insertEventAbout(db, merchantId, event, "voucher", next),
    take,
    taken: lastEventData(merchantId, "voucher"),
  };
}

/** A merchant's series, newest first, at most `limit`, older than the id `before`. */
export async function listSeries(
  db: Database,
  merchantId: string,
  limit: number,
  before: string | null,
): Promise<SeriesRow[]> {
  const own = eq(voucherSeries.merchantId, merchantId);
  const where = before === null ? own : and(own, lt(voucherSeries.id, before));
  return db
    .select()
    .from(voucherSeries)
    .where(where)
    .orderBy(desc(voucherSeries.id))
    .limit(limit)
    .all();
}

function findOwn(
  db: Database,
  merchantId: string,
  which: SQL | undefined,
): Promise<VoucherRecord | undefined> {
  return withSeries(db)
    .where(and(eq(vouchers.merchantId, merchantId), which))
    .get();
}
