import type { SQL } from "drizzle-orm";
import { and, asc, eq, sql } from "drizzle-orm";
import type { Database } from "../database.ts";
import { voucherSeries, vouchers } from "./schema.ts";
import type { SeriesRow, VoucherRecord } from "./view.ts";
import { active, withSeries } from "./view.ts";

/**
 * A customer's own vouchers of one kind that are good on that business day without a minimum
 * purchase; soonest expiry first, at most `limit`.
 */
export async function listOwnVouchers(
  db: Database,
  merchantId: string,
  customerId: string,
  wanted: { readonly kind: SeriesRow["kind"]; readonly day: string; readonly limit: number },
): Promise<VoucherRecord[]> {
  const { kind, day, limit } = wanted;
  const where = and(
    eq(vouchers.merchantId, merchantId),
    eq(vouchers.customerId, customerId),
    active(),
    eq(voucherSeries.kind, kind),
    sql`COALESCE(${voucherSeries.minPurchase}, 0) = 0`,
    goodOn(day),
  );
  return withSeries(db)
    .where(where)
    .orderBy(soonestExpiry(), asc(vouchers.number))
    .limit(limit)
    .all();
}

/**
 * Vouchers that a customer could redeem on that business day: the customer's own first, then those
 * of anybody; soonest expiry first, at most `limit`.
 */
export async function listRedeemable(
  db: Database,
  merchantId: string,
  customerId: string,
  day: string,
  limit: number,
): Promise<VoucherRecord[]> {
  const own = withSeries(db)
    .where(
      and(
        sql`+${vouchers.merchantId} = ${merchantId}`,
        eq(vouchers.customerId, customerId),
        active(),
        goodOn(day),
      ),
    )
    .orderBy(soonestExpiry(), asc(vouchers.number))
    .limit(limit);
  const anybodys = withSeries(db)
    .where(and(sql`${vouchers.id} IN (${firstFree(merchantId, day, limit)})`, goodOn(day)))
    .orderBy(soonestExpiry(), asc(vouchers.number))
    .limit(limit);
  const found = await Promise.all([own.all(), anybodys.all()]);
  return found.flat().slice(0, limit);
}

/**
 * Ids of vouchers that are anybody's, among them those that expire first: of each series that goes
 * on its first, and of those with a last day of their own the next to end. An index has each.
 */
function firstFree(merchantId: string, day: string, limit: number): SQL {
  const isFree = sql`v.status = 'active' AND v.customer_id IS NULL`;
  return sql`SELECT free.id FROM voucher_series AS s CROSS JOIN vouchers AS free
    ON free.id IN (SELECT v.id FROM vouchers AS v WHERE v.series_id = s.id AND ${isFree}
      AND v.valid_until IS NULL AND COALESCE(v.valid_from, s.valid_from, '') <= ${day}
      ORDER BY v.number LIMIT ${limit})
    WHERE s.merchant_id = ${merchantId} AND COALESCE(s.valid_until, '9999') >= ${day}
    UNION ALL SELECT id FROM (SELECT v.id FROM vouchers AS v
      WHERE v.merchant_id = ${merchantId} AND ${isFree} AND v.valid_until >= ${day}
      AND COALESCE(v.valid_from, '') <= ${day} ORDER BY v.valid_until, v.number LIMIT ${limit})`;
}

/**
 * A customer's own vouchers that are neither used nor over on that business day, also those that
 * are not good yet; soonest expiry first, at most `limit`.
 */
export async function listUnusedVouchers(
  db: Database,
  merchantId: string,
  customerId: string,
  day: string,
  limit: number,
): Promise<VoucherRecord[]> {
  const own = and(eq(vouchers.merchantId, merchantId), eq(vouchers.customerId, customerId));
  return withSeries(db)
    .where(and(own, active(), sql`${soonestExpiry()} >= ${day}`))
    .orderBy(soonestExpiry(), asc(vouchers.number))
    .limit(limit)
    .all();
}

function goodOn(day: string) {
  return and(
    sql`COALESCE(${vouchers.validFrom}, ${voucherSeries.validFrom}, '') <= ${day}`,
    sql`${soonestExpiry()} >= ${day}`,
  );
}

function soonestExpiry() {
  return sql`COALESCE(${vouchers.validUntil}, ${voucherSeries.validUntil}, '9999')`;
}
