import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { CUSTOMER_STATUSES } from "../../core/customers.ts";
import type { KeptOpening } from "../../core/ledger/opening.ts";

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
  },
  (table) => [
    uniqueIndex("customers_number").on(table.merchantId, table.number),
    index("customers_email").on(table.merchantId, table.email),
  ],
);

/**
 * What the wallets of imported customers open with, until somebody first calls them: making so many
 * objects at once would take an import for ever.
 */
export const openings = sqliteTable("openings", {
  customerId: text("customer_id").primaryKey(),
  merchantId: text("merchant_id").notNull(),
  opening: text("opening", { mode: "json" }).$type<KeptOpening>().notNull(),
  /** Natural keys of its commands. */
  keys: text("keys", { mode: "json" }).$type<readonly string[]>().notNull(),
  /** Entries that it comes to. */
  entries: integer("entries").notNull(),
});

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
  (table) => [uniqueIndex("customer_types_number").on(table.merchantId, table.number)],
);
