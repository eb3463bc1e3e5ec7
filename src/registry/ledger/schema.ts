import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { BillLine, Head } from "../../core/ledger/entries.ts";

/** First answers of writes that no wallet keeps: idempotency keys and bound signatures. */
export const requests = sqliteTable(
  "requests",
  {
    merchantId: text("merchant_id").notNull(),
    key: text("key").notNull(),
    fingerprint: text("fingerprint").notNull(),
    outcome: text("outcome", { mode: "json" }).$type<unknown>(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.merchantId, table.key] }),
    index("requests_expiry").on(table.expiresAt),
  ],
);

/**
 * What the wallets told of themselves, for lists and reports: a copy that may lag, is never the
 * authority, and can be made anew from the wallets. Its `seq` also tells which of a wallet's events
 * are in the feed.
 */
export const wallets = sqliteTable(
  "wallets",
  {
    customerId: text("customer_id").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    /** Number of the last entry told. A copy never goes back to a smaller one. */
    seq: integer("seq").notNull(),
    points: integer("points").notNull(),
    tier: text("tier"),
    lastEarnedAt: integer("last_earned_at"),
    lastRedeemedAt: integer("last_redeemed_at"),
    /** Sums by unit, as the wallet has them. */
    holdings: text("holdings", { mode: "json" }).$type<Head["holdings"]>().notNull(),
    publishedAt: integer("published_at").notNull(),
    /** When the wallet's next lot expires; null when none does. */
    nextExpiry: integer("next_expiry"),
    /** When the sweep looks after that expiry: when it is, and later while it is not booked. */
    wakeAt: integer("wake_at"),
    /** How often the sweep woke the wallet for it. */
    wakes: integer("wakes").notNull().default(0),
  },
  (table) => [
    index("wallets_wake").on(table.merchantId, table.wakeAt).where(sql`wake_at IS NOT NULL`),
  ],
);

/** The wallets' recorded purchases, for lists and reports: a copy like `wallets`. */
export const bills = sqliteTable(
  "bills",
  {
    merchantId: text("merchant_id").notNull(),
    /** `bil_` id; the same ULID as its entry. */
    id: text("id").notNull(),
    customerId: text("customer_id").notNull(),
    /** The till's own number; null when it told none. */
    number: text("number"),
    reference: text("reference"),
    /** In the smallest unit of `currency`. */
    total: integer("total").notNull(),
    currency: text("currency").notNull(),
    lines: text("lines", { mode: "json" }).$type<readonly BillLine[]>().notNull(),
    siteId: text("site_id"),
    dialect: text("dialect").notNull(),
    occurredAt: integer("occurred_at").notNull(),
    recordedAt: integer("recorded_at").notNull(),
    /** When it was voided; null: it stands. */
    voidedAt: integer("voided_at"),
    /** When what it gave was first taken back, by its void or by itself; null: not yet. */
    reversedAt: integer("reversed_at"),
  },
  (table) => [
    primaryKey({ columns: [table.merchantId, table.id] }),
    index("bills_customer").on(table.merchantId, table.customerId, table.id),
  ],
);
