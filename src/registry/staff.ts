import { and, desc, eq, lt } from "drizzle-orm";
import type { Database, Write } from "./database.ts";
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

/** The write that adds a person; a user name that the merchant already has refuses it. */
export function insertStaff(db: Database, row: typeof staff.$inferInsert): Write {
  return db.insert(staff).values(row);
}
