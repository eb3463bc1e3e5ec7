import { and, eq, gt, inArray, lte, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { requests } from "./schema.ts";
import type { Write } from "./unit-of-work.ts";

/** Expired rows that a new one sweeps away. */
const SWEPT = 20;

/** A kept first answer. */
export interface KeptRequest {
  readonly fingerprint: string;
  readonly outcome: unknown;
}

/** The first answer kept under a key, unless its time is over. */
export async function findRequest(
  db: Database,
  merchantId: string,
  key: string,
  now: number,
): Promise<KeptRequest | undefined> {
  return db
    .select({ fingerprint: requests.fingerprint, outcome: requests.outcome })
    .from(requests)
    .where(
      and(eq(requests.merchantId, merchantId), eq(requests.key, key), gt(requests.expiresAt, now)),
    )
    .get();
}

/**
 * The writes that keep a first answer. A key that somebody else kept meanwhile refuses the whole
 * batch, so that of two requests with one key exactly one acts.
 */
export function keepRequest(
  db: Database,
  row: typeof requests.$inferInsert,
  now: number,
): readonly Write[] {
  const expired = db
    .select({ rowid: sql`rowid` })
    .from(requests)
    .where(lte(requests.expiresAt, now))
    .limit(SWEPT);
  return [db.delete(requests).where(inArray(sql`rowid`, expired)), db.insert(requests).values(row)];
}
