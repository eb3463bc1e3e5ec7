import { and, asc, desc, eq, lt, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { sites } from "./schema.ts";
import type { Write } from "./unit-of-work.ts";

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

/** The write that adds a site under the merchant's next number; a taken code refuses it. */
export function insertSite(db: Database, row: Omit<typeof sites.$inferInsert, "number">): Write {
  const next = sql`(SELECT COALESCE(MAX(number), 0) + 1 FROM sites
    WHERE merchant_id = ${row.merchantId})`;
  return db.insert(sites).values({ ...row, number: next });
}
