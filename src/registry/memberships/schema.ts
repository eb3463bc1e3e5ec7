import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** Programme cards that a merchant assigns to customers for a time. */
export const membershipPrograms = sqliteTable(
  "membership_programs",
  {
    id: text("id").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    /** The merchant's own name for the programme, by which tills mean it. */
    key: text("key").notNull(),
    label: text("label").notNull(),
    description: text("description"),
    conditions: text("conditions"),
    /** Years that a membership lasts unless told otherwise. */
    years: integer("years").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    uniqueIndex("membership_programs_key").on(table.merchantId, table.key),
    index("membership_programs_merchant").on(table.merchantId, table.id),
  ],
);

/** Cards that customers hold or held; of one programme a customer holds at most one. */
export const memberships = sqliteTable(
  "memberships",
  {
    id: text("id").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    customerId: text("customer_id").notNull(),
    programId: text("program_id").notNull(),
    /** First and last good business day, `YYYY-MM-DD`. */
    entitledOn: text("entitled_on").notNull(),
    expiresOn: text("expires_on").notNull(),
    /** When it was removed, or replaced after it expired; null: held. */
    endedAt: integer("ended_at"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    uniqueIndex("memberships_held")
      .on(table.merchantId, table.customerId, table.programId)
      .where(sql`ended_at IS NULL`),
  ],
);
