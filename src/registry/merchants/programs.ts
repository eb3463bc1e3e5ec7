import { eq } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import { programs } from "./schema.ts";

/** A row of `programs`. */
export type ProgramRow = typeof programs.$inferSelect;

/** The merchant's programme. */
export async function findProgram(
  db: Database,
  merchantId: string,
): Promise<ProgramRow | undefined> {
  return db.select().from(programs).where(eq(programs.merchantId, merchantId)).get();
}

/** The write that adds a merchant's programme; a merchant that has one refuses it. */
export function insertProgram(db: Database, row: typeof programs.$inferInsert): Write {
  return db.insert(programs).values(row);
}
