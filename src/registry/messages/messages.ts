import { and, desc, eq, lt } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import { messages } from "./schema.ts";

/** A row of `messages`. */
export type MessageRow = typeof messages.$inferSelect;

/** The write that logs a message instead of sending it. */
export function insertMessage(db: Database, row: MessageRow): Write {
  return db.insert(messages).values(row);
}

/** A merchant's logged messages, newest first, at most `limit`, older than the id `before`. */
export async function listMessages(
  db: Database,
  merchantId: string,
  limit: number,
  before: string | null,
): Promise<MessageRow[]> {
  const own = eq(messages.merchantId, merchantId);
  const where = before === null ? own : and(own, lt(messages.id, before));
  return db.select().from(messages).where(where).orderBy(desc(messages.id)).limit(limit).all();
}
