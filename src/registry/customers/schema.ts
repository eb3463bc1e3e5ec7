import { sql } from "drizzle-orm";
import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { CUSTOMER_STATUSES } from "../../core/customers.ts";
import type { KeptBooking } from "../../core/ledger/opening.ts";

/** Members of the programme; their balances are the wallets'. */
export const customers = sqliteTable(
  "customers",
  {
    id: text("id").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    number: integer("number").notNull(),
    status: text("status", { enum: CUSTOMER_STATUSES }).notNull(),
    siteId: text("site_id"),
    name: text("name"),
    /** Lower case. Not unique: a merchant whose dialect wants that reserves an identifier too. */
    email: text("email"),
    birthDate: text("birth_date"),
    /** What dialects keep of a customer besides: tags and the like. */
    attributes: text("attributes", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
    joinedAt: integer("joined_at").notNull(),
    lastSeenAt: integer("last_seen_at"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    /** Slow salted hash of what a customer signs in with; null: nothing. */
    password: text("password"),
    /** The tier that the wallet's copy tells, in lower case, by a trigger; empty: none yet. */
    tier: text("tier").notNull().default(""),
  },
  (table) => [
    uniqueIndex("customers_number").on(table.merchantId, table.number),
    index("customers_email").on(table.merchantId, table.email, table.number),
    index("customers_tier")
      .on(table.merchantId, table.tier, table.number)
      .where(sql`status <> 'erased'`),
    index("customers_updated").on(table.merchantId, table.updatedAt, table.number, table.status),
    index("customers_code")
      .on(table.merchantId, sql`attributes ->> '$.code'`)
      .where(sql`attributes ->> '$.code' IS NOT NULL`),
    index("customers_mobile")
      .on(table.merchantId, sql`attributes ->> '$.mobile'`)
      .where(sql`attributes ->> '$.mobile' IS NOT NULL`),
    index("customers_telephone")
      .on(table.merchantId, sql`attributes ->> '$.telephone'`)
      .where(sql`attributes ->> '$.telephone' IS NOT NULL`),
  ],
);

/**
 * What the wallets of imported customers open with, until the first write to each that is kept
 * is published: making so many objects at once would take an import for ever.
 */
export const openings = sqliteTable("openings", {
  customerId: text("customer_id").primaryKey(),
  merchantId: text("merchant_id").notNull(),
  bookings: text("bookings", { mode: "json" }).$type<readonly KeptBooking[]>().notNull(),
  /** Natural keys of its commands. */
  keys: text("keys", { mode: "json" }).$type<readonly string[]>().notNull(),
});

/**
 * How many customers a merchant has of each tier, by blocks of their numbers: kept by triggers, so
 * that lists are counted and paged without going through them. A block goes to where the next one
 * starts and is split when more than 4,096 customers are in it, so that there are few however far
 * apart their numbers are. WITHOUT ROWID, by hand in its migration.
 */
export const customerBlocks = sqliteTable(
  "customer_blocks",
  {
    merchantId: text("merchant_id").notNull(),
    /** The least number that is counted in it: 0 for the first. */
    start: integer("start").notNull(),
    tier: text("tier").notNull(),
    /** All of them, those who were erased too. */
    kept: integer("kept").notNull(),
    /** Not erased. */
    living: integer("living").notNull(),
    /** Neither inactive nor erased. */
    active: integer("active").notNull(),
  },
  (table) => [primaryKey({ columns: [table.merchantId, table.start, table.tier] })],
);

/**
 * Customers' names in lower case, whole and from each of their words on, so that one is found by
 * the beginning of a word: kept by triggers. WITHOUT ROWID, by hand in its migration.
 */
export const customerNames = sqliteTable(
  "customer_names",
  {
    merchantId: text("merchant_id").notNull(),
    name: text("name").notNull(),
    /** Words before it that were left away. */
    part: integer("part").notNull(),
    number: integer("number").notNull(),
  },
  (table) => [primaryKey({ columns: [table.merchantId, table.name, table.part, table.number] })],
);

/** What a customer is found by. Normalised values; unique per merchant and kind. */
export const identifiers = sqliteTable(
  "identifiers",
  {
    merchantId: text("merchant_id").notNull(),
    kind: text("kind").notNull(),
    value: text("value").notNull(),
    customerId: text("customer_id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.merchantId, table.kind, table.value] }),
    index("identifiers_customer").on(table.customerId),
    // Partial, or other look-ups would take it for theirs.
    index("identifiers_any_case")
      .on(table.merchantId, sql`value COLLATE NOCASE`)
      .where(sql`kind <> ''`),
  ],
);

/** Groups of customers with earning and spending rules of their own. */
export const customerTypes = sqliteTable(
  "customer_types",
  {
    id: text("id").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    /** Per-merchant number, for dialects that speak numbers. */
    number: integer("number").notNull(),
    name: text("name").notNull(),
    /** Hundredths of a percent. */
    discount: integer("discount").notNull(),
    /** Purchase, in the currency's smallest unit, that earns one point; null: earns nothing. */
    earnAmount: integer("earn_amount"),
    /** Points that are worth one currency unit, as a rate; null: cannot be spent. */
    pointsPerUnit: integer("points_per_unit"),
    active: integer("active", { mode: "boolean" }).notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    uniqueIndex("customer_types_number").on(table.merchantId, table.number),
    index("customer_types_merchant").on(table.merchantId, table.id),
  ],
);
