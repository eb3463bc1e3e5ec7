import type { SQL } from "drizzle-orm";
import { and, asc, eq, gt, lte, sql } from "drizzle-orm";
import type { CustomerStatus } from "../../core/customers.ts";
import { customers } from "../customers/schema.ts";
import type { Database, Write } from "../database.ts";
import { wallets } from "../ledger/schema.ts";
import { merchants } from "../merchants/schema.ts";
import { patrols, sweeps } from "./schema.ts";

const MINUTE_MS = 60_000;
/** Waits between two calls of a wallet double, up to 64 minutes. */
const MAX_DOUBLINGS = 6;

/** A wallet to look after. */
export interface SweptWallet {
  readonly merchant: string;
  readonly customer: string;
  /** Number of the last entry that its copy holds; null where there is none. */
  readonly told: number | null;
  readonly status: CustomerStatus;
}

/** Moments up to which something is due. */
export interface Due {
  readonly now: number;
  /** For expiries, which are looked after before they come. */
  readonly expiring: number;
}

/** The single row of `patrols`. */
const PATROL = 1;

/**
 * The next merchants, after the last that were answered, for whom something is due: an expiry, an
 * endpoint that is behind, events that were not handed out, a rebuild, a round over the wallets.
 * One look into an index for each kind and merchant, however many wallets there are.
 */
export async function merchantsToSweep(
  db: Database,
  { now, expiring }: Due,
  limit: number,
): Promise<readonly string[]> {
  const own = sql`merchant_id = ${merchants.id}`;
  const isDue = sql`(
    EXISTS (SELECT 1 FROM wallets WHERE ${own} AND wake_at <= ${expiring})
    OR EXISTS (SELECT 1 FROM webhook_endpoints WHERE ${own} AND behind_retry_at <= ${now}
      AND enabled)
    OR EXISTS (SELECT 1 FROM events WHERE ${own}
      AND seq > (SELECT handed_seq FROM feeds WHERE ${own}))
    OR EXISTS (SELECT 1 FROM rebuilds WHERE ${own} AND finished_at IS NULL)
    OR COALESCE((SELECT due_at FROM sweeps WHERE ${own}), 0) <= ${now})`;
  const cursor = sql`COALESCE((SELECT ${patrols.cursor} FROM ${patrols}
    WHERE ${patrols.id} = ${PATROL}), '')`;
  const found = db
    .select({ id: merchants.id })
    .from(merchants)
    .where(and(gt(merchants.id, cursor), isDue));
  const rows = await found.orderBy(asc(merchants.id)).limit(limit).all();
  return rows.map(({ id }) => id);
}

/** The write that notes the last merchant that was looked at; empty to begin anew. */
export function noteSwept(db: Database, cursor: string): Write {
  return db
    .insert(patrols)
    .values({ id: PATROL, cursor })
    .onConflictDoUpdate({ target: patrols.id, set: { cursor } });
}

/** A merchant's wallets that are due to be woken for an expiry, longest due first. */
export async function wakeableWallets(
  db: Database,
  merchantId: string,
  until: number,
  limit: number,
): Promise<SweptWallet[]> {
  const due = and(eq(wallets.merchantId, merchantId), lte(wallets.wakeAt, until));
  return db
    .select({
      merchant: wallets.merchantId,
      customer: wallets.customerId,
      told: wallets.seq,
      status: sql<CustomerStatus>`COALESCE(${customers.status}, 'active')`,
    })
    .from(wallets)
    .leftJoin(customers, eq(customers.id, wallets.customerId))
    .where(due)
    .orderBy(asc(wallets.wakeAt))
    .limit(limit)
    .all();
}

/**
 * The write that has wallets that were woken not be woken again before they had time to book what
 * expires, and ever later while they do not. What a wallet told meanwhile has set it anew.
 */
export function postponeWakes(
  db: Database,
  merchantId: string,
  woken: readonly SweptWallet[],
  { now, ahead }: { readonly now: number; readonly ahead: number },
): Write {
  const ids = JSON.stringify(woken.map(({ customer }) => customer));
  const wait = sql`(${MINUTE_MS} << MIN(${wallets.wakes}, ${MAX_DOUBLINGS}))`;
  return db
    .update(wallets)
    .set({
      wakeAt: sql`MAX(${now}, ${wallets.nextExpiry}) + ${wait} + ${ahead}`,
      wakes: sql`${wallets.wakes} + 1`,
    })
    .where(
      and(
        sql`${wallets.customerId} IN (SELECT value FROM json_each(${ids}))`,
        eq(wallets.merchantId, merchantId),
        lte(wallets.wakeAt, now + ahead),
      ),
    );
}

/** A wallet with the number of its customer, by which rounds go. */
export type NumberedWallet = SweptWallet & {
  readonly number: number;
  /** 1 while what it opens with waits; else 0. */
  readonly waits: number;
};

/** A merchant's next wallets, by customer, after the one numbered `after`. */
export async function walletsAfter(
  db: Database,
  merchantId: string,
  after: number | SQL,
  limit: number,
): Promise<NumberedWallet[]> {
  return db
    .select({
      merchant: customers.merchantId,
      customer: customers.id,
      number: customers.number,
      told: wallets.seq,
      status: customers.status,
      waits: sql<number>`EXISTS (SELECT 1 FROM openings
        WHERE openings.customer_id = ${customers.id})`,
    })
    .from(customers)
    .leftJoin(wallets, eq(wallets.customerId, customers.id))
    .where(and(eq(customers.merchantId, merchantId), gt(customers.number, after)))
    .orderBy(asc(customers.number))
    .limit(limit)
    .all();
}

/** How a merchant's round over its wallets stands; a new one where none is under way. */
export async function findRound(
  db: Database,
  merchantId: string,
  now: number,
): Promise<typeof sweeps.$inferSelect> {
  const row = await db.select().from(sweeps).where(eq(sweeps.merchantId, merchantId)).get();
  const fresh = { merchantId, cursor: 0, beganAt: now, dueAt: now };
  return row === undefined || (row.cursor === 0 && row.dueAt <= now) ? fresh : row;
}

/** The write that keeps how a round stands. */
export function keepRound(db: Database, row: typeof sweeps.$inferSelect): Write {
  const { merchantId, ...set } = row;
  return db.insert(sweeps).values(row).onConflictDoUpdate({ target: sweeps.merchantId, set });
}
