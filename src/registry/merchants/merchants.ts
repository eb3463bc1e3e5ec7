import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import type { StoredGateway } from "../messages/schema.ts";
import { merchants } from "./schema.ts";

export type { StoredGateway } from "../messages/schema.ts";

/** A row of `merchants`. */
export type MerchantRow = typeof merchants.$inferSelect;

/** The merchant with that id or slug. */
export async function findMerchant(
  db: Database,
  by: { readonly id: string } | { readonly slug: string },
): Promise<MerchantRow | undefined> {
  const where = "id" in by ? eq(merchants.id, by.id) : eq(merchants.slug, by.slug);
  return db.select().from(merchants).where(where).get();
}

/** Merchants, newest first, at most `limit`, older than the id `before`. */
export async function listMerchants(
  db: Database,
  limit: number,
  before: string | null,
): Promise<MerchantRow[]> {
  const where = before === null ? undefined : lt(merchants.id, before);
  return db.select().from(merchants).where(where).orderBy(desc(merchants.id)).limit(limit).all();
}

/** The write that adds a merchant under the next number; a slug that is taken refuses it. */
export function insertMerchant(db: Database, row: Omit<MerchantRow, "number">): Write {
  const next = sql`(SELECT COALESCE(MAX(number), 0) + 1 FROM merchants)`;
  return db.insert(merchants).values({ ...row, number: next });
}

/**
 * The conditional write that changes how a merchant's messages leave, as the merchant stands since
 * its last change: after another one it changes nothing.
 */
export function changeGateway(
  db: Database,
  row: MerchantRow,
  messageGateway: StoredGateway | null,
  updatedAt: number,
): Write {
  return db
    .update(merchants)
    .set({ messageGateway, updatedAt })
    .where(and(eq(merchants.id, row.id), eq(merchants.updatedAt, row.updatedAt)));
}

/** The conditional write that gives a pending merchant its group. */
export function completeMerchant(
  db: Database,
  id: string,
  group: Pick<MerchantRow, "name" | "businessType" | "groupCode" | "updatedAt">,
): Write {
  return db
    .update(merchants)
    .set({ ...group, pending: false })
    .where(and(eq(merchants.id, id), eq(merchants.pending, true)));
}
