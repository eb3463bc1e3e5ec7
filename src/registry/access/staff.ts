import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import { staff } from "./schema.ts";

/** A row of `staff`. */
export type StaffRow = typeof staff.$inferSelect;

/** A merchant's staff, newest first, at most `limit`, older than the id `before`. */
export async function listStaff(
  db: Database,
  merchantId: string,
  limit: number,
  before: string | null,
): Promise<StaffRow[]> {
  const own = eq(staff.merchantId, merchantId);
  const where = before === null ? own : and(own, lt(staff.id, before));
  return db.select().from(staff).where(where).orderBy(desc(staff.id)).limit(limit).all();
}

/**
 * The write that adds a person, under the merchant's next number unless it has one; a user name or
 * number that the merchant already has refuses it.
 */
export function insertStaff(db: Database, row: StaffRow): Write {
  const next = sql`(SELECT COALESCE(MAX(number), 0) + 1 FROM staff
    WHERE merchant_id = ${row.merchantId})`;
  return db.insert(staff).values({ ...row, number: row.number ?? next });
}

/** What of a person can be changed. */
export type StaffColumns = Partial<
  Pick<
    StaffRow,
    "name" | "password" | "scopes" | "siteIds" | "allSites" | "defaultSiteId" | "disabledAt"
  >
>;

/**
 * The conditional write that changes a person who is still as in `row`; `ends` also ends all that
 * the person signed in for.
 */
export function updateStaff(
  db: Database,
  row: StaffRow,
  columns: StaffColumns,
  { ends, now }: { readonly ends: boolean; readonly now: number },
): Write {
  // Two changes in one millisecond must not look like one.
  const updatedAt = Math.max(now, row.updatedAt + 1);
  const epoch = row.epoch + (ends ? 1 : 0);
  const own = and(eq(staff.merchantId, row.merchantId), eq(staff.id, row.id));
  const unchanged = and(eq(staff.updatedAt, row.updatedAt), eq(staff.epoch, row.epoch));
  return db
    .update(staff)
    .set({ ...columns, epoch, updatedAt })
    .where(and(own, unchanged));
}

/** A merchant's person by the id. */
export async function findStaff(
  db: Database,
  merchantId: string,
  id: string,
): Promise<StaffRow | undefined> {
  const where = and(eq(staff.merchantId, merchantId), eq(staff.id, id));
  return db.select().from(staff).where(where).get();
}

/** A merchant's person by the user name, which is taken as it stands. */
export async function findStaffByUsername(
  db: Database,
  merchantId: string,
  username: string,
): Promise<StaffRow | undefined> {
  const where = and(eq(staff.merchantId, merchantId), eq(staff.username, username));
  return db.select().from(staff).where(where).get();
}

/** The number that the merchant's next person gets. */
export async function nextStaffNumber(db: Database, merchantId: string): Promise<number> {
  const next = sql<number>`COALESCE(MAX(${staff.number}), 0) + 1`;
  const read = db.select({ next }).from(staff).where(eq(staff.merchantId, merchantId));
  return (await read.get())?.next ?? 1;
}
