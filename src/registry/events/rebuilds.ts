import { and, eq, sql } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import { wallets } from "../ledger/schema.ts";
import { lastSeq } from "./events.ts";
import { rebuilds } from "./schema.ts";

/** A row of `rebuilds`. */
export type RebuildRow = typeof rebuilds.$inferSelect;

/** A merchant's rebuild, the last one if none is under way. */
export async function findRebuild(
  db: Database,
  merchantId: string,
): Promise<RebuildRow | undefined> {
  return db.select().from(rebuilds).where(eq(rebuilds.merchantId, merchantId)).get();
}

/** The write that starts a rebuild from the first customer, whatever was under way. */
export function startRebuild(db: Database, merchantId: string, now: number): Write {
  const total = sql<number>`(SELECT COALESCE(SUM(kept), 0) FROM customer_blocks
    WHERE merchant_id = ${merchantId})`;
  const counts = { cursor: "", done: 0, total, feedCursor: 0, feedUntil: lastSeq(merchantId) };
  const fresh = { startedAt: now, finishedAt: null, ...counts };
  return db
    .insert(rebuilds)
    .values({ merchantId, ...fresh })
    .onConflictDoUpdate({ target: rebuilds.merchantId, set: fresh });
}

/**
 * The conditional write that notes how far a rebuild is, as it stands in `row`: one that was
 * started anew meanwhile is left to begin at its beginning.
 */
export function advanceRebuild(
  db: Database,
  row: RebuildRow,
  step: { readonly cursor: string; readonly done: number; readonly finishedAt: number | null },
): Write {
  return db
    .update(rebuilds)
    .set({ ...step, done: row.done + step.done })
    .where(
      and(
        eq(rebuilds.merchantId, row.merchantId),
        eq(rebuilds.startedAt, row.startedAt),
        eq(rebuilds.cursor, row.cursor),
      ),
    );
}

/**
 * The writes that have the copies say at least how much of each wallet the events between two
 * numbers of the feed tell, and that note how far the feed was read. A copy that is missing is put
 * there with nothing but that: what is told already must not be told again.
 */
export function readToldSeqs(db: Database, row: RebuildRow, until: number): readonly Write[] {
  const { merchantId, startedAt, feedCursor } = row;
  const raise = db
    .insert(wallets)
    .select(
      sql`SELECT told.customer_id, told.merchant_id, MAX(told.sequence), 0, NULL, NULL, NULL, '{}',
        ${startedAt}, NULL, NULL, 0
        FROM events AS told JOIN customers ON customers.id = told.customer_id
          AND customers.merchant_id = told.merchant_id
        WHERE told.merchant_id = ${merchantId} AND told.seq > ${feedCursor} AND told.seq <= ${until}
          AND told.sequence IS NOT NULL
        GROUP BY told.customer_id`,
    )
    .onConflictDoUpdate({
      target: wallets.customerId,
      set: { seq: sql`excluded.seq` },
      setWhere: sql`excluded.seq > ${wallets.seq}`,
    });
  const note = db
    .update(rebuilds)
    .set({ feedCursor: until })
    .where(and(eq(rebuilds.merchantId, merchantId), eq(rebuilds.startedAt, startedAt)));
  return [raise, note];
}
