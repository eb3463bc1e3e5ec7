import type { SQL } from "drizzle-orm";
import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  gt,
  isNotNull,
  isNull,
  lt,
  or,
  sql,
} from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import { merchants, programs, sites } from "../merchants/schema.ts";
import { keys, keyUses, staff } from "./schema.ts";

/** A row of `keys`. */
export type KeyRow = Omit<typeof keys.$inferSelect, "username">;

/** A key with what a request of it needs: one read. */
export interface KeyRecord {
  readonly key: KeyRow;
  readonly merchant: typeof merchants.$inferSelect;
  readonly program: typeof programs.$inferSelect | null;
  /** The key's site, or else the merchant's first. */
  readonly siteId: string | null;
  /** Since when the person whose key it is is disabled; null: not at all. */
  readonly disabledAt: number | null;
}

/** A key with when it was used last. */
export interface UsedKey extends KeyRow {
  readonly lastUsedAt: number | null;
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
  const { disabledAt } = staff;
  const owner = and(eq(staff.id, keys.staffId), eq(staff.merchantId, keys.merchantId));
  return db
    .select({ key: keys, merchant: merchants, program: programs, siteId, disabledAt })
    .from(keys)
    .innerJoin(merchants, eq(merchants.id, keys.merchantId))
    .leftJoin(staff, owner)
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
): Promise<UsedKey[]> {
  const own = eq(keys.merchantId, merchantId);
  const where = before === null ? own : and(own, lt(keys.id, before));
  return selectUsed(db).where(where).orderBy(desc(keys.id)).limit(limit).all();
}

/** A merchant's key by its id, with when it was used last. */
export async function findUsedKey(
  db: Database,
  merchantId: string,
  id: string,
): Promise<UsedKey | undefined> {
  return selectUsed(db)
    .where(and(eq(keys.merchantId, merchantId), eq(keys.id, id)))
    .get();
}

function selectUsed(db: Database) {
  const used = { ...getTableColumns(keys), lastUsedAt: keyUses.usedAt };
  return db.select(used).from(keys).leftJoin(keyUses, eq(keyUses.keyId, keys.id));
}

/** A person's keys that were not revoked, at most `limit`. */
export async function listKeysOfPerson(
  db: Database,
  person: { readonly merchantId: string; readonly staffId: string },
  limit: number,
): Promise<KeyRow[]> {
  return db.select().from(keys).where(livingKeysOf(person)).limit(limit).all();
}

/** The write that revokes a person's keys. */
export function revokeKeysOfPerson(
  db: Database,
  person: { readonly merchantId: string; readonly staffId: string },
  now: number,
): Write {
  return db.update(keys).set({ revokedAt: now, updatedAt: now }).where(livingKeysOf(person));
}

function livingKeysOf({ merchantId, staffId }: { merchantId: string; staffId: string }) {
  const person = and(isNotNull(keys.staffId), eq(keys.staffId, staffId));
  return and(person, eq(keys.merchantId, merchantId), isNull(keys.revokedAt));
}

/** The write that revokes a key, unless it is. */
export function revokeKey(db: Database, merchantId: string, id: string, now: number): Write {
  const own = and(eq(keys.merchantId, merchantId), eq(keys.id, id), isNull(keys.revokedAt));
  return db.update(keys).set({ revokedAt: now, updatedAt: now }).where(own);
}

/** The conditional write that lets a key that is good now end at `end`, if it does not before. */
export function endKey(
  db: Database,
  key: { readonly merchantId: string; readonly id: string },
  end: number,
  now: number,
): Write {
  const expiresAt = sql`MIN(COALESCE(${keys.expiresAt}, ${end}), ${end})`;
  const good = or(isNull(keys.expiresAt), gt(keys.expiresAt, now));
  const own = and(eq(keys.merchantId, key.merchantId), eq(keys.id, key.id));
  const where = and(own, isNull(keys.revokedAt), good);
  return db.update(keys).set({ expiresAt, updatedAt: now }).where(where);
}

/** The write that says when a key was used, unless that is known to `precisionMs` already. */
export function insertKeyUse(
  db: Database,
  keyId: string,
  usedAt: number,
  precisionMs: number,
): Write {
  const target = keyUses.keyId;
  const setWhere = sql`excluded.used_at >= ${keyUses.usedAt} + ${precisionMs}`;
  const conflict = { target, set: { usedAt: sql`excluded.used_at` }, setWhere };
  return db.insert(keyUses).values({ keyId, usedAt }).onConflictDoUpdate(conflict);
}

/** The write that adds a key; a text that any merchant already uses refuses it. */
export function insertKey(db: Database, row: KeyRow): Write {
  const username = sql`(SELECT username FROM staff
    WHERE id = ${row.staffId} AND merchant_id = ${row.merchantId})`;
  return db.insert(keys).values({ ...row, username });
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
        isNull(staff.disabledAt),
        eq(keys.dialect, dialect),
        eq(keys.username, username),
        isNotNull(keys.username),
        merchantId === null ? undefined : eq(keys.merchantId, merchantId),
        isNull(keys.revokedAt),
        or(isNull(keys.expiresAt), gt(keys.expiresAt, now)),
      ),
    )
    .orderBy(asc(keys.staffId), asc(keys.mode), desc(keys.id))
    .limit(limit)
    .all();
  return rows.flatMap((row) => (row.secret === null ? [] : [{ ...row, secret: row.secret }]));
}
