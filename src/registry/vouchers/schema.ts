import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { VOUCHER_KINDS, VOUCHER_STATUSES } from "../../core/vouchers.ts";

/** What vouchers are made from: their worth and their conditions. */
export const voucherSeries = sqliteTable(
  "voucher_series",
  {
    id: text("id").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    number: integer("number").notNull(),
    name: text("name").notNull(),
    /** Where its vouchers come from, e.g. `campaign`; null: not told. */
    source: text("source"),
    kind: text("kind", { enum: VOUCHER_KINDS }).notNull(),
    /** Hundredths of a percent, or the currency's smallest unit. */
    value: integer("value").notNull(),
    minPurchase: integer("min_purchase"),
    maxDiscount: integer("max_discount"),
    /** First and last good business day, `YYYY-MM-DD`. */
    validFrom: text("valid_from"),
    validUntil: text("valid_until"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    /** The merchant's own name for the series, by which rules and tills mean it. */
    key: text("key"),
    /** What tills and customers are shown. */
    label: text("label"),
    description: text("description"),
    imageUrl: text("image_url"),
    conditions: text("conditions"),
    /** What the merchant's tills make of it; handed through as it is. */
    configuration: text("configuration", { mode: "json" }).$type<Record<string, unknown>>(),
    /** Days for which a voucher that a purchase grants is good; null: as long as the series. */
    lifeDays: integer("life_days"),
    /** What its fresh codes begin with; null: as the series' key decides. */
    codePrefix: text("code_prefix"),
  },
  (table) => [
    uniqueIndex("voucher_series_number").on(table.merchantId, table.number),
    uniqueIndex("voucher_series_key").on(table.merchantId, table.key),
    index("voucher_series_merchant").on(table.merchantId, table.id),
  ],
);

/**
 * How many vouchers series have, and how many of them are redeemed: kept by triggers. WITHOUT
 * ROWID, by hand in its migration.
 */
export const seriesCounts = sqliteTable("series_counts", {
  seriesId: text("series_id").primaryKey(),
  vouchers: integer("vouchers").notNull(),
  redeemed: integer("redeemed").notNull(),
});

/** Single-use codes. D1 is their authority: a redemption is one conditional statement. */
export const vouchers = sqliteTable(
  "vouchers",
  {
    id: text("id").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    seriesId: text("series_id").notNull(),
    number: integer("number").notNull(),
    code: text("code").notNull(),
    /** Generated codes are compared without regard to case, imported ones exactly. */
    generated: integer("generated", { mode: "boolean" }).notNull(),
    status: text("status", { enum: VOUCHER_STATUSES }).notNull(),
    /** Whom it was issued to; null is anybody's. */
    customerId: text("customer_id"),
    issuedAt: integer("issued_at"),
    issueReference: text("issue_reference"),
    redeemedAt: integer("redeemed_at"),
    redeemedBy: text("redeemed_by"),
    redeemReference: text("redeem_reference"),
    /** What the redemption came to, so that its repeat answers alike. */
    redemption: text("redemption", { mode: "json" }).$type<unknown>(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    /** The voucher's own first and last good business day; null: the series' counts. */
    validFrom: text("valid_from"),
    validUntil: text("valid_until"),
  },
  (table) => [
    uniqueIndex("vouchers_code").on(table.merchantId, table.code),
    index("vouchers_code_any_case").on(table.merchantId, sql`code COLLATE NOCASE`),
    uniqueIndex("vouchers_number").on(table.merchantId, table.number),
    index("vouchers_free")
      .on(table.seriesId, table.number)
      .where(sql`status = 'active' AND customer_id IS NULL`),
    /** Redemptions that an erasure has something to take from. */
    index("vouchers_remarks")
      .on(table.redeemedBy)
      .where(sql`json_extract(redemption, '$.remarks') IS NOT NULL`),
    index("vouchers_dated")
      .on(table.merchantId, table.validUntil, table.number)
      .where(sql`status = 'active' AND customer_id IS NULL AND valid_until IS NOT NULL`),
    index("vouchers_customer").on(table.customerId).where(sql`customer_id IS NOT NULL`),
    uniqueIndex("vouchers_issue_reference")
      .on(table.merchantId, table.customerId, table.issueReference)
      .where(sql`issue_reference IS NOT NULL`),
  ],
);
