import { sql } from "drizzle-orm";
import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";

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
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.merchantId, table.operation, table.key] })],
);

/**
 * Invoices as tills sent them, also those of nobody. D1 is their authority; what they earn is the
 * wallet's, and a row that is not booked yet tells the sweep that it still has to be.
 */
export const invoices = sqliteTable(
  "invoices",
  {
    id: text("id").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    /** Per-merchant number, for dialects that speak numbers. */
    number: integer("number").notNull(),
    /** The till's own number; null when it told none. */
    reference: text("reference"),
    customerId: text("customer_id"),
    siteId: text("site_id"),
    /** In the currency's smallest unit; negative for a return. */
    amount: integer("amount").notNull(),
    /** Points, smallest step; null until they are booked. */
    pointsEarned: integer("points_earned"),
    /** What the till sent, as far as it is shown again. */
    document: text("document", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
    invoicedAt: integer("invoiced_at").notNull(),
    /** When the wallet had booked it; null: still to be booked, unless it is nobody's. */
    bookedAt: integer("booked_at"),
    voidedAt: integer("voided_at"),
    /** When the wallet had taken its points back. */
    voidBookedAt: integer("void_booked_at"),
    voidReason: text("void_reason"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    /** How often the sweep tried to have it booked or taken back, and when it does so next. */
    tries: integer("tries").notNull().default(0),
    retryAt: integer("retry_at").notNull().default(0),
  },
  (table) => [
    uniqueIndex("invoices_number").on(table.merchantId, table.number),
    uniqueIndex("invoices_reference")
      .on(table.merchantId, table.reference)
      .where(sql`reference IS NOT NULL`),
    index("invoices_updated").on(table.merchantId, table.updatedAt, table.number, table.siteId),
    index("invoices_site").on(table.merchantId, table.siteId, table.number),
    index("invoices_remarks")
      .on(table.merchantId, table.customerId)
      .where(sql`customer_id IS NOT NULL AND (void_reason IS NOT NULL
        OR document ->> '$.shown.remark' IS NOT NULL)`),
    index("invoices_open")
      .on(table.merchantId, table.retryAt)
      .where(sql`customer_id IS NOT NULL AND (booked_at IS NULL
        OR (voided_at IS NOT NULL AND void_booked_at IS NULL))`),
  ],
);

/**
 * How many invoices a merchant has of each site, by blocks of their numbers, like
 * `customer_blocks`. WITHOUT ROWID, by hand in its migration.
 */
export const invoiceBlocks = sqliteTable(
  "invoice_blocks",
  {
    merchantId: text("merchant_id").notNull(),
    /** The number without its last 12 bits. */
    block: integer("block").notNull(),
    /** Empty: of no site. */
    siteId: text("site_id").notNull(),
    invoices: integer("invoices").notNull(),
  },
  (table) => [primaryKey({ columns: [table.merchantId, table.block, table.siteId] })],
);
