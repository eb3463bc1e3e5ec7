import { and, eq, inArray, lte } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import { staff, staffTokens } from "./schema.ts";
import type { StaffRow } from "./staff.ts";

/** A row of `staff_tokens`. */
export type StaffTokenRow = typeof staffTokens.$inferSelect;

/** Lapsed rows that a new one sweeps away. */
const SWEPT = 20;

/** The token whose text has that SHA-256 (hex), with the person that it was made for. */
export async function findToken(
  db: Database,
  hash: string,
): Promise<{ readonly token: StaffTokenRow; readonly person: StaffRow } | undefined> {
  const own = and(eq(staff.merchantId, staffTokens.merchantId), eq(staff.id, staffTokens.staffId));
  return db
    .select({ token: staffTokens, person: staff })
    .from(staffTokens)
    .innerJoin(staff, own)
    .where(eq(staffTokens.hash, hash))
    .get();
}

/** The write that adds a token. */
export function insertToken(db: Database, row: StaffTokenRow): Write {
  return db.insert(staffTokens).values(row);
}

/** The write that sweeps away some of the tokens that lapsed before `moment`, whosever they are. */
export function sweepTokens(db: Database, moment: number): Write {
  const lapsed = db
    .select({ hash: staffTokens.hash })
    .from(staffTokens)
    .where(lte(staffTokens.expiresAt, moment))
    .limit(SWEPT);
  return db.delete(staffTokens).where(inArray(staffTokens.hash, lapsed));
}
