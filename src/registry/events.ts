import { sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { events } from "./schema.ts";
import type { Write } from "./unit-of-work.ts";

/** An event on its way into the feed. */
export type NewEvent = Omit<typeof events.$inferSelect, "seq" | "merchantId">;

/**
 * The write that adds events to a merchant's feed, in their order: one statement however many they
 * are. Those that are there already are left as they are and leave no gap in the numbers.
 */
export function insertEvents(db: Database, merchantId: string, added: readonly NewEvent[]): Write {
  return db.insert(events).select(
    sql`SELECT ${merchantId},
      (SELECT COALESCE(MAX(seq), 0) FROM events WHERE merchant_id = ${merchantId})
        + ROW_NUMBER() OVER (ORDER BY item.key),
      json_extract(item.value, '$.id'), json_extract(item.value, '$.type'),
      json_extract(item.value, '$.customerId'), json_extract(item.value, '$.sequence'),
      json_extract(item.value, '$.timestamp'), json_extract(item.value, '$.data')
      FROM json_each(${JSON.stringify(added)}) AS item
      WHERE NOT EXISTS (SELECT 1 FROM events WHERE id = json_extract(item.value, '$.id'))`,
  );
}
