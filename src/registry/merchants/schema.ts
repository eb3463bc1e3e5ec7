import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { StoredGateway } from "../messages/schema.ts";

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
  /** Has an account but no loyalty group yet; the call that makes the group completes it. */
  pending: integer("pending", { mode: "boolean" }).notNull(),
  /** Name of the merchant's loyalty group, given when it was created. */
  groupCode: text("group_code"),
  /** How many sites the merchant's plan allows; null is no limit. */
  siteLimit: integer("site_limit"),
  /** Whether sandbox answers show personal data of real customers unmasked. */
  unmasked: integer("unmasked", { mode: "boolean" }).notNull(),
  /** How short messages reach customers; its secret is stored encrypted. */
  messageGateway: text("message_gateway", { mode: "json" }).$type<StoredGateway>(),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
  /** Where the number of a till's purchase is unique. */
  billNumbers: text("bill_numbers", { enum: ["site", "merchant"] })
    .notNull()
    .default("site"),
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
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    uniqueIndex("sites_code").on(table.merchantId, table.code),
    uniqueIndex("sites_number").on(table.merchantId, table.number),
    index("sites_merchant").on(table.merchantId, table.id),
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
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [uniqueIndex("programs_merchant").on(table.merchantId)],
);
