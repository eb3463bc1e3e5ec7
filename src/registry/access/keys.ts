import type { SQL } from "drizzle-orm";
import { and, asc, desc, eq, gt, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import { merchants, programs, sites } from "../merchants/schema.ts";
import { keys, staff } from "./schema.ts";

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
export function findKeyByHash(db: Database, hash: string): Promise<KeyRecord | undefined> {
  return findKey(db, eq(keys.hash, hash));
}

/** A merchant's key by its id, with its merchant and programme. */
export function findKeyById(
  db: Database,
  merchantId: string,
  id: string,
): Promise<KeyRecord | undefined> {
  return findKey(db, and(eq(keys.merchantId, merchantId), eq(keys.id, id)));
}

async function findKey(db: Database, where: SQL | undefined): Promise<KeyRecord | undefined> {
  const siteId = sql<string | null>`COALESCE(${keys.siteId}, (SELECT ${sites.id} FROM ${sites}
    WHERE ${sites.merchantId} = ${keys.merchantId} ORDER BY ${sites.number} LIMIT 1))`;
  return db
    .select({ key: keys, merchant: merchants, program: programs, siteId })
    .from(keys)
    .innerJoin(merchants, eq(merchants.id, keys.merchantId))
    .leftJoin(programs, eq(programs.merchantId, keys.merchantId))
    .where(where)
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

/** A key that is somebody's own, with whose it is. */
export interface PersonalKey {
  readonly id: string;
  /** The key's text, sealed. */
  readonly secret: string;
  readonly staffId: string;
  /** The person's number and stored password. */
  readonly number: number | null;
  readonly password: string;
}

/**
 * The usable keys of a dialect that persons of that name have, of one merchant or (null) of any, at
 * most `limit`: person by person, of each the live ones first and of those the newest.
 */
export async function listPersonalKeys(
  db: Database,
  whose: {
    readonly dialect: string;
    readonly username: string;
    readonly merchantId: string | null;
  },
  now: number,
  limit: number,
): Promise<PersonalKey[]> {
  const { dialect, username, merchantId } = whose;
  const { id, secret } = keys;
  const person = { staffId: staff.id, number: staff.number, password: staff.password };
  const rows = await db
    .select({ id, secret, ...person })
    .from(keys)
    .innerJoin(staff, and(eq(staff.id, keys.staffId), eq(staff.merchantId, keys.merchantId)))
    .where(
      and(
        isNotNull(keys.staffId),
        eq(keys.dialect, dialect),
        eq(staff.username, username),
        merchantId === null ? undefined : eq(keys.merchantId, merchantId),
        isNull(keys.revokedAt),
        or(isNull(keys.expiresAt), gt(keys.expiresAt, now)),
      ),
    )
    .orderBy(asc(staff.id), asc(keys.mode), desc(keys.id))
    .limit(limit)
    .all();
  return rows.flatMap((row) => (row.secret === null ? [] : [{ ...row, secret: row.secret }]));
}
