import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** Persons of the merchant who sign in. */
export const staff = sqliteTable(
  "staff",
  {
    id: text("id").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    username: text("username").notNull(),
    name: text("name").notNull(),
    /** Slow salted hash, in the form of the password file. */
    password: text("password").notNull(),
    siteIds: text("site_ids", { mode: "json" }).$type<string[]>().notNull(),
    defaultSiteId: text("default_site_id"),
    scopes: text("scopes", { mode: "json" }).$type<string[]>().notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    /** Per-merchant number, for dialects that speak numbers. */
    number: integer("number"),
    /** Whether the person may act at every site, present and future. */
    allSites: integer("all_sites", { mode: "boolean" }).notNull().default(false),
  },
  (table) => [
    uniqueIndex("staff_username").on(table.merchantId, table.username),
    uniqueIndex("staff_number").on(table.merchantId, table.number),
  ],
);

/**
 * What a person got by signing in; several of one person live side by side until they lapse.
 * WITHOUT ROWID, by hand in its migration.
 */
export const staffTokens = sqliteTable(
  "staff_tokens",
  {
    /** SHA-256 of the token text, hex. */
    hash: text("hash").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    staffId: text("staff_id").notNull(),
    /** Key that was shown at the sign-in: its mode is the token's. */
    keyId: text("key_id").notNull(),
    /** Site of the sign-in; null where there was none. */
    siteId: text("site_id"),
    expiresAt: integer("expires_at").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("staff_tokens_expiry").on(table.expiresAt)],
);
