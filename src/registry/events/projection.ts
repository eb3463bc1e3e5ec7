import type { SQL } from "drizzle-orm";
import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { BookedEvent } from "../../core/events/body.ts";
import type { Database, Write } from "../database.ts";
import { bills, wallets } from "../ledger/schema.ts";
import { eventRows } from "./events.ts";
import { events } from "./schema.ts";

/** A wallet's copy on its way into the projection. */
export type ProjectedWallet = Omit<typeof wallets.$inferInsert, "merchantId"> & {
  /** Number of the entry that the copy must hold already; 0: none. */
  readonly after: number;
};

/** A wallet's event on its way into the feed; `after` as in {@link ProjectedWallet}. */
export type WalletEvent = BookedEvent & { readonly after: number };

/** A bill's copy on its way into the projection. */
export type ProjectedBill = Omit<
  typeof bills.$inferInsert,
  "merchantId" | "voidedAt" | "reversedAt"
>;

/** That a bill was voided, or that what it gave was taken back. */
export interface BillEnd {
  /** `bil_` id. */
  readonly id: string;
  readonly voidedAt: number | null;
  readonly reversedAt: number | null;
}

/**
 * Whether copies are written because something is new, or once more because they are made anew:
 * then they replace what stands there.
 */
export type Purpose = "publish" | "restore";

/** Number of the last entry that the copies hold of the wallet that a JSON item tells of. */
function heldSeq(merchantId: string): SQL {
  return sql`COALESCE((SELECT held.seq FROM wallets AS held WHERE held.merchant_id = ${merchantId}
    AND held.customer_id = json_extract(item.value, '$.customerId')), 0)`;
}

/** Whether a JSON item follows what the copies hold, or overlaps it. */
function follows(merchantId: string): SQL {
  return sql`json_extract(item.value, '$.after') <= ${heldSeq(merchantId)}`;
}

/** Whether the feed has what a JSON item leads to: copying more would count as telling it. */
function isTold(merchantId: string): SQL {
  return sql`json_extract(item.value, '$.seq') <= ${heldSeq(merchantId)}`;
}

/**
 * The write that brings wallets up to date, never back, never past a gap and, when copies are made
 * anew, never beyond what is told: one statement however many they are, of each wallet one row.
 */
export function projectWallets(
  db: Database,
  merchantId: string,
  rows: readonly ProjectedWallet[],
  purpose: Purpose,
): Write {
  return db
    .insert(wallets)
    .select(
      sql`SELECT json_extract(item.value, '$.customerId'), ${merchantId},
        json_extract(item.value, '$.seq'), json_extract(item.value, '$.points'),
        json_extract(item.value, '$.tier'), json_extract(item.value, '$.lastEarnedAt'),
        json_extract(item.value, '$.lastRedeemedAt'), json_extract(item.value, '$.holdings'),
        json_extract(item.value, '$.publishedAt'), json_extract(item.value, '$.nextExpiry'),
        json_extract(item.value, '$.nextExpiry'), 0
        FROM json_each(${JSON.stringify(rows)}) AS item
        WHERE ${purpose === "restore" ? isTold(merchantId) : follows(merchantId)}`,
    )
    .onConflictDoUpdate({
      target: wallets.customerId,
      set: {
        seq: sql`excluded.seq`,
        points: sql`excluded.points`,
        tier: sql`excluded.tier`,
        lastEarnedAt: sql`excluded.last_earned_at`,
        lastRedeemedAt: sql`excluded.last_redeemed_at`,
        holdings: sql`excluded.holdings`,
        publishedAt: sql`excluded.published_at`,
      },
      setWhere:
        purpose === "restore"
          ? sql`excluded.seq >= ${wallets.seq}`
          : sql`excluded.seq > ${wallets.seq}`,
    });
}

/**
 * The write that notes when wallets' next lots expire, where that changed: a statement of its own
 * because naming the column in every update would write its index anew each time.
 */
export function projectExpiries(
  db: Database,
  merchantId: string,
  rows: readonly ProjectedWallet[],
): Write {
  const item = sql`(SELECT json_extract(value, '$.customerId') AS customer_id,
    json_extract(value, '$.seq') AS seq, json_extract(value, '$.nextExpiry') AS next_expiry
    FROM json_each(${JSON.stringify(rows)})) AS item`;
  return db
    .update(wallets)
    .set({ nextExpiry: sql`item.next_expiry`, wakeAt: sql`item.next_expiry`, wakes: 0 })
    .from(item)
    .where(
      and(
        sql`${wallets.customerId} = item.customer_id AND ${wallets.seq} = item.seq`,
        eq(wallets.merchantId, merchantId),
        sql`${wallets.nextExpiry} IS NOT item.next_expiry`,
      ),
    );
}

/** How far the copies of these wallets are: the number of the last entry by customer. */
export async function projectedSeqs(
  db: Database,
  merchantId: string,
  customerIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const among = sql`${wallets.customerId} IN
    (SELECT value FROM json_each(${JSON.stringify(customerIds)}))`;
  const rows = await db
    .select({ customerId: wallets.customerId, seq: wallets.seq })
    .from(wallets)
    .where(and(eq(wallets.merchantId, merchantId), among))
    .all();
  return new Map(rows.map(({ customerId, seq }) => [customerId, seq]));
}

/** The write that copies bills; those that are there stay, unless copies are made anew. */
export function projectBills(
  db: Database,
  merchantId: string,
  rows: readonly ProjectedBill[],
  purpose: Purpose,
): Write {
  const copy = db.insert(bills).select(
    sql`SELECT ${merchantId}, json_extract(item.value, '$.id'),
      json_extract(item.value, '$.customerId'), json_extract(item.value, '$.number'),
      json_extract(item.value, '$.reference'), json_extract(item.value, '$.total'),
      json_extract(item.value, '$.currency'), json_extract(item.value, '$.lines'),
      json_extract(item.value, '$.siteId'), json_extract(item.value, '$.dialect'),
      json_extract(item.value, '$.occurredAt'), json_extract(item.value, '$.recordedAt'),
      NULL, NULL
      FROM json_each(${JSON.stringify(rows)}) AS item WHERE TRUE`,
  );
  if (purpose === "publish") return copy.onConflictDoNothing();
  return copy.onConflictDoUpdate({
    target: [bills.merchantId, bills.id],
    set: {
      customerId: sql`excluded.customer_id`,
      number: sql`excluded.number`,
      reference: sql`excluded.reference`,
      total: sql`excluded.total`,
      currency: sql`excluded.currency`,
      lines: sql`excluded.lines`,
      siteId: sql`excluded.site_id`,
      dialect: sql`excluded.dialect`,
      occurredAt: sql`excluded.occurred_at`,
      recordedAt: sql`excluded.recorded_at`,
    },
  });
}

/** The write that notes how bills ended in their copies; it must follow {@link projectBills}. */
export function projectBillEnds(db: Database, merchantId: string, ends: readonly BillEnd[]): Write {
  const item = sql`(SELECT json_extract(value, '$.id') AS id,
    MIN(json_extract(value, '$.voidedAt')) AS voided_at,
    MIN(json_extract(value, '$.reversedAt')) AS reversed_at
    FROM json_each(${JSON.stringify(ends)}) GROUP BY 1) AS item`;
  return db
    .update(bills)
    .set({
      voidedAt: sql`COALESCE(${bills.voidedAt}, item.voided_at)`,
      reversedAt: sql`COALESCE(${bills.reversedAt}, item.reversed_at)`,
    })
    .from(item)
    .where(and(eq(bills.merchantId, merchantId), sql`${bills.id} = item.id`));
}

/**
 * The write that adds wallets' events to the feed, except those that the copies hold already and
 * those that would leave a gap: it must stand before {@link projectWallets} in the same batch. So
 * an event is there once, and a wallet's in order, without an index of its own.
 */
export function feedWalletEvents(
  db: Database,
  merchantId: string,
  added: readonly WalletEvent[],
): Write {
  const isNew = sql`json_extract(item.value, '$.sequence') > ${heldSeq(merchantId)}`;
  return db
    .insert(events)
    .select(sql`${eventRows(merchantId, added)} WHERE ${isNew} AND ${follows(merchantId)}`);
}

/** One copied wallet. */
export async function findProjectedWallet(
  db: Database,
  merchantId: string,
  customerId: string,
): Promise<typeof wallets.$inferSelect | undefined> {
  const where = and(eq(wallets.merchantId, merchantId), eq(wallets.customerId, customerId));
  return db.select().from(wallets).where(where).get();
}

/** A row of `bills`. */
export type BillRow = typeof bills.$inferSelect;

/** A merchant's copied bills, newest first, older than the id `before`; null is all customers. */
export async function listProjectedBills(
  db: Database,
  merchantId: string,
  customerId: string | null,
  limit: number,
  before: string | null,
): Promise<BillRow[]> {
  const where = and(
    eq(bills.merchantId, merchantId),
    customerId === null ? undefined : eq(bills.customerId, customerId),
    before === null ? undefined : lt(bills.id, before),
  );
  return db.select().from(bills).where(where).orderBy(desc(bills.id)).limit(limit).all();
}

/** Events of the feed, from the last one back, by which it is told how fresh the copies are. */
const LATELY = 100;

/**
 * When a merchant's projection was last written, as the last events of the feed tell it: of a
 * wallet when it was published, of anything else when it happened; null if never.
 */
export async function projectedAt(db: Database, merchantId: string): Promise<number | null> {
  const row = await db.get<{ at: number | null }>(sql`
    SELECT COALESCE(MAX(w.published_at), MAX(e.timestamp)) AS at
    FROM (SELECT customer_id, timestamp FROM events WHERE merchant_id = ${merchantId}
      ORDER BY seq DESC LIMIT ${LATELY}) AS e
    LEFT JOIN wallets AS w ON w.customer_id = e.customer_id AND w.merchant_id = ${merchantId}`);
  return row?.at ?? null;
}
