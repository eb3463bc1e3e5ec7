import type { SQL } from "drizzle-orm";
import { and, asc, desc, eq, gt, inArray, lt, sql } from "drizzle-orm";
import type { BookedEvent } from "../../core/events/body.ts";
import { wantsType } from "../../core/events/body.ts";
import { EVENT_TYPES } from "../../core/events/catalogue.ts";
import type { Database, Write } from "../database.ts";
import { events } from "./schema.ts";

/** A row of the feed. */
export type EventRow = typeof events.$inferSelect;

/**
 * The write that adds events of a change made in D1 to a merchant's feed, in their order. It
 * belongs into the batch of that change, and so is there exactly when the change is.
 */
export function insertEvents(
  db: Database,
  merchantId: string,
  added: readonly BookedEvent[],
): Write {
  return db.insert(events).select(eventRows(merchantId, added));
}

/** Rows of the feed for events, under the numbers that follow; read from one bound text. */
export function eventRows(merchantId: string, added: readonly BookedEvent[]): SQL {
  return sql`SELECT ${merchantId},
    (SELECT COALESCE(MAX(seq), 0) FROM events WHERE merchant_id = ${merchantId})
      + ROW_NUMBER() OVER (ORDER BY item.key),
    json_extract(item.value, '$.id'), json_extract(item.value, '$.type'),
    json_extract(item.value, '$.customerId'), json_extract(item.value, '$.sequence'),
    json_extract(item.value, '$.timestamp'), json_extract(item.value, '$.data')
    FROM json_each(${JSON.stringify(added)}) AS item`;
}

/** The write that adds an event one of whose data only the database knows, as an expression. */
export function insertEventAbout(
  db: Database,
  merchantId: string,
  added: BookedEvent,
  field: string,
  value: SQL,
): Write {
  const { id, type, customerId, sequence, timestamp, data } = added;
  return db.insert(events).select(
    sql`SELECT ${merchantId}, ${lastSeq(merchantId)} + 1, ${id}, ${type}, ${customerId},
      ${sequence}, ${timestamp}, json_set(${JSON.stringify(data)}, ${`$.${field}`}, ${value})`,
  );
}

/** One of the data of the merchant's last event, as an expression for the batch that added it. */
export function lastEventData(merchantId: string, field: string): SQL {
  return sql`(SELECT json_extract(data, ${`$.${field}`}) FROM events
    WHERE merchant_id = ${merchantId} ORDER BY seq DESC LIMIT 1)`;
}

/** Which part of the feed to read. */
export interface FeedQuery {
  /** Ascending after this number, for tailing; or descending before one, for looking back. */
  readonly after?: number;
  readonly before?: number;
  /** Types or patterns (`points.*`, `*`); empty is all. */
  readonly types: readonly string[];
  readonly limit: number;
}

/** Reads a part of a merchant's feed. */
export async function readFeed(
  db: Database,
  merchantId: string,
  query: FeedQuery,
): Promise<EventRow[]> {
  const { after, before, types, limit } = query;
  // A pattern is resolved here: SQL's would be a scan of texts, with a limit of its own.
  const wanted = EVENT_TYPES.filter((type) => wantsType(types, type));
  const where = and(
    eq(events.merchantId, merchantId),
    after === undefined ? undefined : gt(events.seq, after),
    before === undefined ? undefined : lt(events.seq, before),
    types.length === 0 || types.includes("*") ? undefined : inArray(events.type, wanted),
  );
  const order = after === undefined ? desc(events.seq) : asc(events.seq);
  return db.select().from(events).where(where).orderBy(order).limit(limit).all();
}

/** The number of a merchant's last event, as an expression for a write. */
export function lastSeq(merchantId: string) {
  return sql<number>`(SELECT COALESCE(MAX(seq), 0) FROM events
    WHERE merchant_id = ${merchantId})`;
}

/**
 * The number of the first event of a merchant's feed at or after a moment: found by halving, and so
 * only as exact as the feed is in the order of time.
 */
export async function seqAt(db: Database, merchantId: string, moment: number): Promise<number> {
  const own = eq(events.merchantId, merchantId);
  const last = await db
    .select({ seq: sql<number>`COALESCE(MAX(${events.seq}), 0)` })
    .from(events)
    .where(own)
    .get();
  let low = 1;
  let high = (last?.seq ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const at = db.select({ timestamp: events.timestamp }).from(events);
    const row = await at.where(and(own, eq(events.seq, middle))).get();
    if ((row?.timestamp ?? Number.POSITIVE_INFINITY) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
