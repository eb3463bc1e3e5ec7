import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";

const createdAt = integer("created_at").notNull();
const updatedAt = integer("updated_at").notNull();

/** The tenants. */
export const merchants = sqliteTable("merchants", {
  id: text("id").primaryKey(),
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
  /** How many sites the merchant's plan allows; null is no limit. */
  siteLimit: integer("site_limit"),
  /** Whether sandbox answers show personal data of real customers unmasked. */
  unmasked: integer("unmasked", { mode: "boolean" }).notNull(),
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
  },
  (table) => [
    uniqueIndex("keys_hash").on(table.hash),
    index("keys_merchant").on(table.merchantId, table.id),
  ],
);

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
    createdAt,
    updatedAt,
  },
  (table) => [uniqueIndex("staff_username").on(table.merchantId, table.username)],
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
