import type { SQL } from "drizzle-orm";
import { and, eq, gt, inArray, lte, sql } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import { requests } from "./schema.ts";

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

/** What is kept of a request; an outcome of null only binds its key. */
export type RequestRow = typeof requests.$inferInsert;

/** What is kept of a request whose outcome is an id that only its own batch knows. */
export function takenOutcome(id: SQL): SQL {
  return sql`json_object('value', ${id})`;
}

/** The write that sweeps away what has expired. */
export function sweepRequests(db: Database, now: number): Write {
  const expired = db
    .select({ rowid: sql`rowid` })
    .from(requests)
    .where(lte(requests.expiresAt, now))
    .limit(SWEPT);
  return db.delete(requests).where(inArray(sql`rowid`, expired));
}

/**
 * The conditional write that keeps a first answer: it changes nothing when somebody else kept one
 * meanwhile, so that of two requests with one key exactly one acts.
 */
export function keepRequest(db: Database, row: RequestRow, now: number): Write {
  return db
    .insert(requests)
    .values(row)
    .onConflictDoUpdate({
      target: [requests.merchantId, requests.key],
      set: {
        fingerprint: sql`excluded.fingerprint`,
        outcome: sql`excluded.outcome`,
        expiresAt: sql`excluded.expires_at`,
      },
      setWhere: sql`${requests.outcome} IS NULL AND ${requests.fingerprint} = excluded.fingerprint
        OR ${requests.expiresAt} <= ${now}`,
    });
}

/** The write that binds a key to what it was first used for; what is bound already stays. */
export function bindRequest(db: Database, row: RequestRow): Write {
  return db.insert(requests).values(row).onConflictDoNothing();
}
