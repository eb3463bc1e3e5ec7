import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { EVENT_TYPES } from "../../core/events/catalogue.ts";
import { WEBHOOK_FORMS } from "../../core/events/forms.ts";

/**
 * The feed: what happened, in the order in which it was committed here, numbered by merchant
 * without a gap. WITHOUT ROWID, by hand in its migration.
 */
export const events = sqliteTable(
  "events",
  {
    merchantId: text("merchant_id").notNull(),
    seq: integer("seq").notNull(),
    id: text("id").notNull(),
    /** Only {@link EVENT_TYPES} are written, so that what is read is one of them. */
    type: text("type", { enum: EVENT_TYPES }).notNull(),
    customerId: text("customer_id"),
    /** The wallet's own number of the change; null for what happened outside a wallet. */
    sequence: integer("sequence"),
    timestamp: integer("timestamp").notNull(),
    data: text("data", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.merchantId, table.seq] })],
);

/**
 * How far a merchant's feed was handed to its endpoints, but for those that are behind. No row:
 * there was never an endpoint.
 */
export const feeds = sqliteTable("feeds", {
  merchantId: text("merchant_id").primaryKey(),
  handedSeq: integer("handed_seq").notNull(),
});

/** Webhook receivers. Their secrets are sealed; their deliveries are the endpoint objects'. */
export const webhookEndpoints = sqliteTable(
  "webhook_endpoints",
  {
    id: text("id").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    url: text("url").notNull(),
    description: text("description").notNull(),
    eventTypes: text("event_types", { mode: "json" }).$type<string[]>().notNull(),
    enabled: integer("enabled", { mode: "boolean" }).notNull(),
    disabledReason: text("disabled_reason"),
    secret: text("secret").notNull(),
    /** The secret before, which signs beside the new one until it lapses. */
    oldSecret: text("old_secret"),
    oldSecretUntil: integer("old_secret_until"),
    /** Last number of the feed that is not for this endpoint: it gets what comes after. */
    afterSeq: integer("after_seq").notNull(),
    /** Rises with every change; names the state in an ETag. */
    version: integer("version").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    form: text("form", { enum: WEBHOOK_FORMS }).notNull().default("standard"),
    /** Number of the feed that it was handed last; null: it goes with the merchant's cursor. */
    behindSeq: integer("behind_seq"),
    behindSince: integer("behind_since"),
    /** Calls in a row that its object did not take. */
    behindFailures: integer("behind_failures").notNull().default(0),
    /** When it is asked again. */
    behindRetryAt: integer("behind_retry_at"),
  },
  (table) => [
    index("webhook_endpoints_merchant").on(table.merchantId, table.id),
    index("webhook_endpoints_behind")
      .on(table.merchantId, table.behindRetryAt)
      .where(sql`behind_retry_at IS NOT NULL`),
  ],
);

/** A rebuild of a merchant's copies from its wallets, and how far it is. */
export const rebuilds = sqliteTable("rebuilds", {
  merchantId: text("merchant_id").primaryKey(),
  startedAt: integer("started_at").notNull(),
  finishedAt: integer("finished_at"),
  /** How far the feed was read for what it has of each wallet, and how far it is to be. */
  feedCursor: integer("feed_cursor").notNull().default(0),
  feedUntil: integer("feed_until").notNull().default(0),
  /** Number of the last customer that is done; empty at first. */
  cursor: text("cursor").notNull(),
  done: integer("done").notNull(),
  total: integer("total").notNull(),
});

/** A merchant's round over all of its wallets, for those whose alarm was lost. */
export const sweeps = sqliteTable("sweeps", {
  merchantId: text("merchant_id").primaryKey(),
  /** Number of the last customer whose wallet was looked after. */
  cursor: integer("cursor").notNull(),
  /** When the round began. */
  beganAt: integer("began_at").notNull(),
  /** When its next page, or the next round, is due. */
  dueAt: integer("due_at").notNull(),
});

/** Where the minute's sweep goes on among the merchants: a single row. */
export const patrols = sqliteTable("patrols", {
  id: integer("id").primaryKey(),
  /** The last merchant that was looked at. */
  cursor: text("cursor").notNull(),
});
