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

/** A part of a feed. */
export interface FeedPart {
  readonly rows: readonly EventRow[];
  /** The last number that was looked at, where that was enough though there are more; or null. */
  readonly reached: number | null;
}

/** Events that one part is looked for among, when only some types are wanted. */
const LOOKED_AT = 10_000;

/** Reads a part of a merchant's feed. */
export async function readFeed(
  db: Database,
  merchantId: string,
  query: FeedQuery,
): Promise<FeedPart> {
  const { after, before, types, limit } = query;
  const isAll = types.length === 0 || types.includes("*");
  // A pattern is resolved here: SQL's would be a scan of texts, with a limit of its own.
  const wanted = EVENT_TYPES.filter((type) => wantsType(types, type));
  const read = (above: number | undefined, below: number | undefined) => {
    const where = and(
      eq(events.merchantId, merchantId),
      above === undefined ? undefined : gt(events.seq, above),
      below === undefined ? undefined : lt(events.seq, below),
      isAll ? undefined : inArray(events.type, wanted),
    );
    const order = after === undefined ? desc(events.seq) : asc(events.seq);
    return db.select().from(events).where(where).orderBy(order).limit(limit).all();
  };
  if (isAll) return { rows: await read(after, before), reached: null };
  const last = await readLastSeq(db, merchantId);
  const above = after ?? Math.min(before ?? last + 1, last + 1) - 1 - LOOKED_AT;
  const below = Math.min(above + LOOKED_AT + 1, before ?? last + 1);
  const rows = await read(above, below);
  const end = after === undefined ? above + 1 : below - 1;
  const isEnd = after === undefined ? above <= 0 : below > last;
  return { rows, reached: isEnd || rows.length >= limit ? null : end };
}

async function readLastSeq(db: Database, merchantId: string): Promise<number> {
  const found = await db.get<{ seq: number }>(sql`SELECT ${lastSeq(merchantId)} AS seq`);
  return found?.seq ?? 0;
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
  let low = 1;
  let high = (await readLastSeq(db, merchantId)) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const at = db.select({ timestamp: events.timestamp }).from(events);
    const row = await at.where(and(own, eq(events.seq, middle))).get();
    if ((row?.timestamp ?? Number.POSITIVE_INFINITY) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
