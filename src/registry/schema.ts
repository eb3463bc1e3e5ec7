import { sql } from "drizzle-orm";
import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import type { BillLine, Head } from "../core/ledger/entries.ts";
import type { StoredGateway } from "./messages/schema.ts";

const createdAt = integer("created_at").notNull();
const updatedAt = integer("updated_at").notNull();

/** The tenants. */
export const merchants = sqliteTable("merchants", {
  id: text("id").primaryKey(),
  /** For dialects that speak numbers. */
  number: integer("number").notNull().unique(),
  slug: text("slug").notNull().unique(),
  name: text("name").notNull(),
  currency: text("currency").notNull(),
  timeZone: text("time_zone").notNull(),
  businessType: text("business_type"),
  /** A whole merchant for testing: data is stored, no message leaves. */
  sandbox: integer("sandbox", { mode: "boolean" }).notNull(),
  /** Made by the demo loader; refused outside local development. */
  demo: integer("demo", { mode: "boolean" }).notNull(),
  /** Has an account but no loyalty group yet (KiriMel `group/create` completes it). */
  pending: integer("pending", { mode: "boolean" }).notNull(),
  /** Name of the merchant's loyalty group, given when it was created. */
  groupCode: text("group_code"),
  /** How many sites the merchant's plan allows; null is no limit. */
  siteLimit: integer("site_limit"),
  /** Whether sandbox answers show personal data of real customers unmasked. */
  unmasked: integer("unmasked", { mode: "boolean" }).notNull(),
  /** How short messages reach customers; its secret is stored encrypted. */
  messageGateway: text("message_gateway", { mode: "json" }).$type<StoredGateway>(),
  createdAt,
  updatedAt,
});

/** Places of sale. */
export const sites = sqliteTable(
  "sites",
  {
    id: text("id").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    /** Per-merchant number, for dialects that speak numbers. */
    number: integer("number").notNull(),
    code: text("code").notNull(),
    name: text("name").notNull(),
    kind: text("kind"),
    address: text("address", { mode: "json" }).$type<Record<string, string>>().notNull(),
    createdAt,
    updatedAt,
  },
  (table) => [
    uniqueIndex("sites_code").on(table.merchantId, table.code),
    uniqueIndex("sites_number").on(table.merchantId, table.number),
  ],
);

/** API credentials. The secret text is never stored; an HMAC secret is stored encrypted. */
export const keys = sqliteTable(
  "keys",
  {
    id: text("id").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    dialect: text("dialect").notNull(),
    name: text("name").notNull(),
    /** SHA-256 of the key text, hex. */
    hash: text("hash").notNull(),
    /** First and last characters of the key text, so that people can tell keys apart. */
    hint: text("hint").notNull(),
    /** HMAC secret, AES-GCM: `version.nonce.ciphertext`, base64url. */
    secret: text("secret"),
    mode: text("mode", { enum: ["live", "test"] }).notNull(),
    scopes: text("scopes", { mode: "json" }).$type<string[]>().notNull(),
    siteId: text("site_id"),
    unlimited: integer("unlimited", { mode: "boolean" }).notNull(),
    expiresAt: integer("expires_at"),
    revokedAt: integer("revoked_at"),
    createdAt,
    updatedAt,
    /** Whose key it is, where a dialect gives one to each person. */
    staffId: text("staff_id"),
  },
  (table) => [
    uniqueIndex("keys_hash").on(table.hash),
    index("keys_merchant").on(table.merchantId, table.id),
    index("keys_staff").on(table.staffId).where(sql`staff_id IS NOT NULL`),
  ],
);

/** A merchant's rules, as they were defined. */
export const programs = sqliteTable(
  "programs",
  {
    id: text("id").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    name: text("name").notNull(),
    definition: text("definition", { mode: "json" }).$type<unknown>().notNull(),
    createdAt,
    updatedAt,
  },
  (table) => [uniqueIndex("programs_merchant").on(table.merchantId)],
);

/** Members of the programme; their balances are the wallets'. */
export const customers = sqliteTable(
  "customers",
  {
    id: text("id").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    number: integer("number").notNull(),
    status: text("status", { enum: ["active", "inactive", "blocked", "erased"] }).notNull(),
    siteId: text("site_id"),
    name: text("name"),
    /** Lower case. Not unique: a merchant whose dialect wants that reserves an identifier too. */
    email: text("email"),
    birthDate: text("birth_date"),
    /** What dialects keep of a customer besides: tags and the like. */
    attributes: text("attributes", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
    joinedAt: integer("joined_at").notNull(),
    lastSeenAt: integer("last_seen_at"),
    createdAt,
    updatedAt,
    /** Slow salted hash of what a customer signs in with; null: nothing. */
    password: text("password"),
  },
  (table) => [
    uniqueIndex("customers_number").on(table.merchantId, table.number),
    index("customers_email").on(table.merchantId, table.email),
  ],
);

/** What a customer is found by. Normalised values; unique per merchant and kind. */
export const identifiers = sqliteTable(
  "identifiers",
  {
    merchantId: text("merchant_id").notNull(),
    kind: text("kind").notNull(),
    value: text("value").notNull(),
    customerId: text("customer_id").notNull(),
    createdAt,
  },
  (table) => [
    primaryKey({ columns: [table.merchantId, table.kind, table.value] }),
    index("identifiers_customer").on(table.customerId),
  ],
);

/**
 * Natural keys that stand for one command in the whole merchant, whatever the customer: a wallet
 * only knows its own. Kept for good. WITHOUT ROWID, by hand in its migration.
 */
export const claims = sqliteTable(
  "claims",
  {
    merchantId: text("merchant_id").notNull(),
    /** Name space of the key, like a reference's operation. */
    operation: text("operation").notNull(),
    key: text("key").notNull(),
    /** Whose wallet books the command; null: nobody's. */
    customerId: text("customer_id"),
    createdAt,
  },
  (table) => [primaryKey({ columns: [table.merchantId, table.operation, table.key] })],
);

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
  },
  (table) => [index("wallets_expiry").on(table.nextExpiry).where(sql`next_expiry IS NOT NULL`)],
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
  },
  (table) => [
    primaryKey({ columns: [table.merchantId, table.id] }),
    index("bills_customer").on(table.merchantId, table.customerId, table.id),
  ],
);

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
    type: text("type").notNull(),
    customerId: text("customer_id"),
    /** The wallet's own number of the change; null for what happened outside a wallet. */
    sequence: integer("sequence"),
    timestamp: integer("timestamp").notNull(),
    data: text("data", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.merchantId, table.seq] })],
);

/** How far a merchant's feed was handed to its endpoints. No row: there was never an endpoint. */
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
    createdAt,
    updatedAt,
  },
  (table) => [index("webhook_endpoints_merchant").on(table.merchantId, table.id)],
);

/** A rebuild of a merchant's copies from its wallets, and how far it is. */
export const rebuilds = sqliteTable("rebuilds", {
  merchantId: text("merchant_id").primaryKey(),
  startedAt: integer("started_at").notNull(),
  finishedAt: integer("finished_at"),
  /** The last customer that is done. */
  cursor: text("cursor").notNull(),
  done: integer("done").notNull(),
  total: integer("total").notNull(),
});

/** How far the sweep's round over all wallets is: a single row. */
export const patrols = sqliteTable("patrols", {
  id: integer("id").primaryKey(),
  /** The last customer whose wallet was looked after. */
  cursor: text("cursor").notNull(),
});
