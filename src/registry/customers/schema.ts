import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

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
