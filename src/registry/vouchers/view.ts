import { eq } from "drizzle-orm";
import type { Database } from "../database.ts";
import { voucherSeries, vouchers } from "./schema.ts";

/** A row of `voucher_series`. */
export type SeriesRow = typeof voucherSeries.$inferSelect;

/** A row of `vouchers`. */
export type VoucherRow = typeof vouchers.$inferSelect;

/** A voucher with the series it was made from. */
export interface VoucherRecord {
  readonly voucher: VoucherRow;
  readonly series: SeriesRow;
}

/** The one way to read vouchers, with the series they were made from. */
export function withSeries(db: Database) {
  return db
    .select({ voucher: vouchers, series: voucherSeries })
    .from(vouchers)
    .innerJoin(voucherSeries, eq(voucherSeries.id, vouchers.seriesId))
    .$dynamic();
}

/** That a voucher is active. */
export function active() {
  return eq(vouchers.status, "active");
}
