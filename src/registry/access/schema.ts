import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { MODES } from "../../core/mode.ts";

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
    mode: text("mode", { enum: MODES }).notNull(),
    scopes: text("scopes", { mode: "json" }).$type<string[]>().notNull(),
    siteId: text("site_id"),
    unlimited: integer("unlimited", { mode: "boolean" }).notNull(),
    expiresAt: integer("expires_at"),
    revokedAt: integer("revoked_at"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    /** Whose key it is, where a dialect gives one to each person. */
    staffId: text("staff_id"),
    /** Key that this one was made to follow. */
    rotatedFrom: text("rotated_from"),
    /** That person's user name, which never changes. */
    username: text("username"),
  },
  (table) => [
    uniqueIndex("keys_hash").on(table.hash),
    index("keys_merchant").on(table.merchantId, table.id),
    index("keys_staff").on(table.staffId).where(sql`staff_id IS NOT NULL`),
    index("keys_username")
      .on(table.dialect, table.username, table.staffId, table.mode, sql`id DESC`)
      .where(sql`username IS NOT NULL AND revoked_at IS NULL`),
  ],
);

/** When keys were used last, to the minute: apart, since it is no part of what a key is. */
export const keyUses = sqliteTable("key_uses", {
  keyId: text("key_id").primaryKey(),
  usedAt: integer("used_at").notNull(),
});

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
    /** Since when the person may not sign in, nor use keys of theirs; null: they may. */
    disabledAt: integer("disabled_at"),
    /** Rises whenever all that the person signed in for ends. */
    epoch: integer("epoch").notNull().default(0),
  },
  (table) => [
    uniqueIndex("staff_username").on(table.merchantId, table.username),
    uniqueIndex("staff_number").on(table.merchantId, table.number),
    index("staff_merchant").on(table.merchantId, table.id),
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
    /** The person's at the sign-in; the token is good while it is still that. */
    epoch: integer("epoch").notNull().default(0),
  },
  (table) => [index("staff_tokens_expiry").on(table.expiresAt)],
);
