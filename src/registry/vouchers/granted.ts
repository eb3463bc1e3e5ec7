import { and, eq, sql } from "drizzle-orm";
import type { VoucherGrant } from "../../core/ledger/entries.ts";
import type { Database, Write } from "../database.ts";
import { voucherSeries, vouchers } from "./schema.ts";

/** A voucher that a wallet's ledger granted. */
export interface GrantedVoucher extends VoucherGrant {
  readonly customerId: string;
  /** When it was booked, milliseconds since the epoch. */
  readonly grantedAt: number;
}

/**
 * The write that makes granted vouchers, numbered from the merchant's next one; those that are
 * there stay as they are. It refuses nothing: a voucher that could not be made must not stop what
 * else its batch publishes.
 */
export function insertGrantedVouchers(
  db: Database,
  merchantId: string,
  granted: readonly GrantedVoucher[],
): Write {
  return db
    .insert(vouchers)
    .select(
      sql`SELECT json_extract(item.value, '$.id'), ${merchantId},
        json_extract(item.value, '$.series'),
        (SELECT COALESCE(MAX(number), 0) FROM vouchers WHERE merchant_id = ${merchantId})
          + item.key + 1,
        json_extract(item.value, '$.code'), 0, 'active', json_extract(item.value, '$.customerId'),
        json_extract(item.value, '$.grantedAt'), NULL, NULL, NULL, NULL, NULL,
        json_extract(item.value, '$.grantedAt'), json_extract(item.value, '$.grantedAt'),
        json_extract(item.value, '$.validFrom'), json_extract(item.value, '$.validUntil')
        FROM json_each(${JSON.stringify(granted)}) AS item WHERE TRUE`,
    )
    .onConflictDoNothing();
}

/**
 * The write that withdraws vouchers, by their ids, whose grant was taken back: those that nobody
 * has used. It races with redemptions, and whichever finds a voucher active decides.
 */
export function withdrawVouchers(
  db: Database,
  merchantId: string,
  ids: readonly string[],
  now: number,
): Write {
  const wanted = sql`${vouchers.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
  const isActive = eq(vouchers.status, "active");
  return db
    .update(vouchers)
    .set({ status: "voided", updatedAt: now })
    .where(and(sql`+${vouchers.merchantId} = ${merchantId}`, wanted, isActive));
}

/** Which of these keys a merchant's series have. */
export async function listSeriesKeys(
  db: Database,
  merchantId: string,
  keys: readonly string[],
): Promise<readonly string[]> {
  const among = sql`${voucherSeries.key} IN (SELECT value FROM json_each(${JSON.stringify(keys)}))`;
  const rows = await db
    .select({ key: sql<string>`${voucherSeries.key}` })
    .from(voucherSeries)
    .where(and(eq(voucherSeries.merchantId, merchantId), among))
    .all();
  return rows.map((row) => row.key);
}
