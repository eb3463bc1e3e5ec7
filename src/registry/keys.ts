import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Database, Write } from "./database.ts";
import { keys, merchants, programs, sites } from "./schema.ts";

/** A row of `keys`. */
export type KeyRow = typeof keys.$inferSelect;

/** A key with what a request of it needs: one read. */
export interface KeyRecord {
  readonly key: KeyRow;
  readonly merchant: typeof merchants.$inferSelect;
  readonly program: typeof programs.$inferSelect | null;
  /** The key's site, or else the merchant's first. */
  readonly siteId: string | null;
}

/** The key whose text has that SHA-256 (hex), with its merchant and programme. */
export async function findKeyByHash(db: Database, hash: string): Promise<KeyRecord | undefined> {
  const siteId = sql<string | null>`COALESCE(${keys.siteId}, (SELECT ${sites.id} FROM ${sites}
    WHERE ${sites.merchantId} = ${keys.merchantId} ORDER BY ${sites.number} LIMIT 1))`;
  return db
    .select({ key: keys, merchant: merchants, program: programs, siteId })
    .from(keys)
    .innerJoin(merchants, eq(merchants.id, keys.merchantId))
    .leftJoin(programs, eq(programs.merchantId, keys.merchantId))
    .where(eq(keys.hash, hash))
    .get();
}

/** A merchant's keys, newest first, at most `limit`, older than the id `before`. */
export async function listKeys(
  db: Database,
  merchantId: string,
  limit: number,
  before: string | null,
): Promise<KeyRow[]> {
  const own = eq(keys.merchantId, merchantId);
  const where = before === null ? own : and(own, lt(keys.id, before));
  return db.select().from(keys).where(where).orderBy(desc(keys.id)).limit(limit).all();
}

/** The write that adds a key; a text that any merchant already uses refuses it. */
export function insertKey(db: Database, row: typeof keys.$inferInsert): Write {
  return db.insert(keys).values(row);
}
