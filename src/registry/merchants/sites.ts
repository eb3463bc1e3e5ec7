import { and, asc, desc, eq, gte, lt, sql } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import { sites } from "./schema.ts";

/** A row of `sites`. */
export type SiteRow = typeof sites.$inferSelect;

/** The merchant's first site, the default of keys that name none. */
export async function firstSite(db: Database, merchantId: string): Promise<SiteRow | undefined> {
  const own = eq(sites.merchantId, merchantId);
  return db.select().from(sites).where(own).orderBy(asc(sites.number)).limit(1).get();
}

/** A merchant's site by its code. */
export async function findSiteByCode(
  db: Database,
  merchantId: string,
  code: string,
): Promise<SiteRow | undefined> {
  const where = and(eq(sites.merchantId, merchantId), eq(sites.code, code));
  return db.select().from(sites).where(where).get();
}

/** A merchant's site by its id. */
export async function findSite(
  db: Database,
  merchantId: string,
  id: string,
): Promise<SiteRow | undefined> {
  const where = and(eq(sites.merchantId, merchantId), eq(sites.id, id));
  return db.select().from(sites).where(where).get();
}

/** A merchant's sites, newest first, at most `limit`, older than the id `before`. */
export async function listSites(
  db: Database,
  merchantId: string,
  limit: number,
  before: string | null,
): Promise<SiteRow[]> {
  const own = eq(sites.merchantId, merchantId);
  const where = before === null ? own : and(own, lt(sites.id, before));
  return db.select().from(sites).where(where).orderBy(desc(sites.id)).limit(limit).all();
}

/** A merchant's site by its number. */
export async function findSiteByNumber(
  db: Database,
  merchantId: string,
  number: number,
): Promise<SiteRow | undefined> {
  const where = and(eq(sites.merchantId, merchantId), eq(sites.number, number));
  return db.select().from(sites).where(where).get();
}

/** Which sites of a list to read, by when they were last changed. */
export interface SiteWindow {
  readonly since: number;
  /** Not included. */
  readonly until: number;
}

/** A merchant's sites that were changed in a window, by their numbers. */
export async function listSitesByNumber(
  db: Database,
  merchantId: string,
  { since, until }: SiteWindow,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<SiteRow[]> {
  const own = eq(sites.merchantId, merchantId);
  const where = and(own, gte(sites.updatedAt, since), lt(sites.updatedAt, until));
  const rows = db.select().from(sites).where(where).orderBy(asc(sites.number));
  return rows.limit(limit).offset(offset).all();
}

/**
 * The conditional write that adds a site, under the merchant's next number unless it has one, as
 * long as the merchant has fewer than `limit` (null is no limit). A taken code or number refuses
 * it.
 */
export function insertSite(
  db: Database,
  row: Omit<SiteRow, "number"> & { readonly number: number | null },
  limit: number | null,
): Write {
  const { id, merchantId, number, code, name, kind, address, createdAt, updatedAt } = row;
  const own = sql`FROM sites WHERE merchant_id = ${merchantId}`;
  const next = sql`(SELECT COALESCE(MAX(number), 0) + 1 ${own})`;
  return db.insert(sites).select(
    sql`SELECT ${id}, ${merchantId}, COALESCE(${number}, ${next}), ${code}, ${name},
      ${kind}, ${JSON.stringify(address)}, ${createdAt}, ${updatedAt}
      WHERE (SELECT COUNT(*) ${own}) < ${limit ?? Number.MAX_SAFE_INTEGER}`,
  );
}

/** The number that the merchant's next site gets. */
export async function nextSiteNumber(db: Database, merchantId: string): Promise<number> {
  const next = sql<number>`COALESCE(MAX(${sites.number}), 0) + 1`;
  const read = db.select({ next }).from(sites).where(eq(sites.merchantId, merchantId));
  return (await read.get())?.next ?? 1;
}

/** How many sites a merchant has. */
export async function countSites(db: Database, merchantId: string): Promise<number> {
  const count = db.select({ count: sql<number>`COUNT(*)` }).from(sites);
  return (await count.where(eq(sites.merchantId, merchantId)).get())?.count ?? 0;
}
