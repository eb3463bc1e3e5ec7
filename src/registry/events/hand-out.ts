import { and, asc, eq, gt, inArray, isNull, lte, sql } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import type { EndpointRow } from "./endpoints.ts";
import { NOT_BEHIND } from "./endpoints.ts";
import type { EventRow } from "./events.ts";
import { lastSeq } from "./events.ts";
import { events, feeds, webhookEndpoints } from "./schema.ts";

/** What an endpoint is to be handed next. */
export interface Portion {
  readonly rows: readonly EventRow[];
  readonly endpoints: readonly EndpointRow[];
}

/**
 * What a merchant's feed has beyond its cursor, and the endpoints that get events now, both as of
 * one moment. Nothing when there was never an endpoint.
 */
export async function readHandOut(
  db: Database,
  merchantId: string,
  limit: number,
): Promise<Portion> {
  const beyond = and(eq(events.merchantId, merchantId), gt(events.seq, handedSeq(merchantId)));
  const own = and(eq(webhookEndpoints.merchantId, merchantId), eq(webhookEndpoints.enabled, true));
  const [rows, endpoints] = await db.batch([
    db.select().from(events).where(beyond).orderBy(asc(events.seq)).limit(limit),
    db.select().from(webhookEndpoints).where(own),
  ]);
  return { rows, endpoints };
}

/**
 * What an endpoint that is behind was not handed yet of what the others were, with the endpoint;
 * nothing when it is behind no more.
 */
export async function readMissed(
  db: Database,
  merchantId: string,
  id: string,
  limit: number,
): Promise<Portion> {
  const isBehind = and(
    eq(webhookEndpoints.merchantId, merchantId),
    eq(webhookEndpoints.id, id),
    eq(webhookEndpoints.enabled, true),
    sql`${webhookEndpoints.behindSeq} IS NOT NULL`,
  );
  const reached = sql`(SELECT ${webhookEndpoints.behindSeq} FROM ${webhookEndpoints}
    WHERE ${isBehind})`;
  const missed = and(
    eq(events.merchantId, merchantId),
    gt(events.seq, reached),
    lte(events.seq, handedSeq(merchantId)),
  );
  const [rows, endpoints] = await db.batch([
    db.select().from(events).where(missed).orderBy(asc(events.seq)).limit(limit),
    db.select().from(webhookEndpoints).where(isBehind),
  ]);
  return { rows, endpoints };
}

function handedSeq(merchantId: string) {
  return sql<number>`(SELECT ${feeds.handedSeq} FROM ${feeds}
    WHERE ${feeds.merchantId} = ${merchantId})`;
}

/** The write that notes how far the feed was handed out; never back. */
export function advanceHandedSeq(db: Database, merchantId: string, seq: number): Write {
  return db
    .insert(feeds)
    .values({ merchantId, handedSeq: seq })
    .onConflictDoUpdate({
      target: feeds.merchantId,
      set: { handedSeq: sql`MAX(${feeds.handedSeq}, excluded.handed_seq)` },
    });
}

/** The write that starts handing out a feed from where it stands now, if it was not started. */
export function startHandingOut(db: Database, merchantId: string): Write {
  return db
    .insert(feeds)
    .values({ merchantId, handedSeq: lastSeq(merchantId) })
    .onConflictDoNothing();
}

/**
 * The write that notes that endpoints did not get what comes after number `seq`: those that were
 * behind before stay where they are. It belongs into the batch that moves the cursor.
 */
export function noteBehind(
  db: Database,
  merchantId: string,
  ids: readonly string[],
  seq: number,
  { now, retryAt }: { readonly now: number; readonly retryAt: number },
): Write {
  const lag = { behindSeq: seq, behindSince: now, behindFailures: 1, behindRetryAt: retryAt };
  return db
    .update(webhookEndpoints)
    .set(lag)
    .where(
      and(
        eq(webhookEndpoints.merchantId, merchantId),
        inArray(webhookEndpoints.id, [...ids]),
        eq(webhookEndpoints.enabled, true),
        isNull(webhookEndpoints.behindSeq),
      ),
    );
}

/** The write that notes how far an endpoint that is behind was handed the feed by now. */
export function advanceBehind(db: Database, row: EndpointRow, seq: number, now: number): Write {
  return db
    .update(webhookEndpoints)
    .set({ behindSeq: seq, behindFailures: 0, behindRetryAt: now })
    .where(stillAt(row));
}

/** The write that notes that an endpoint that is behind failed again. */
export function postponeBehind(db: Database, row: EndpointRow, retryAt: number): Write {
  return db
    .update(webhookEndpoints)
    .set({ behindFailures: row.behindFailures + 1, behindRetryAt: retryAt })
    .where(stillAt(row));
}

/**
 * The write that lets an endpoint that was handed everything up to number `seq` go with the
 * merchant's cursor again, unless that is further by now.
 */
export function rejoin(db: Database, row: EndpointRow, seq: number): Write {
  return db
    .update(webhookEndpoints)
    .set(NOT_BEHIND)
    .where(and(stillAt(row), sql`${handedSeq(row.merchantId)} <= ${seq}`));
}

function stillAt(row: EndpointRow) {
  return and(
    eq(webhookEndpoints.merchantId, row.merchantId),
    eq(webhookEndpoints.id, row.id),
    sql`${webhookEndpoints.behindSeq} = ${row.behindSeq}`,
  );
}
