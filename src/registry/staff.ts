import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Database, Write } from "./database.ts";
import { staff } from "./staff-schema.ts";

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
