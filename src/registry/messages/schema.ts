import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** A merchant's message gateway; `secret` is encrypted for the merchant's id. */
export interface StoredGateway {
  readonly kind: "webhook" | "twilio";
  readonly url: string;
  /** Of `twilio`: account and sender. */
  readonly account?: string;
  readonly from?: string;
  readonly secret: string;
}

/** Messages to customers that were logged instead of sent: only in local development. */
export const messages = sqliteTable(
  "messages",
  {
    id: text("id").primaryKey(),
    merchantId: text("merchant_id").notNull(),
    purpose: text("purpose").notNull(),
    recipient: text("recipient").notNull(),
    text: text("text").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("messages_merchant").on(table.merchantId, table.id)],
);
