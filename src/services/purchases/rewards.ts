import { billIdOf } from "../../core/ledger/entries.ts";
import { lastDayOf } from "../calendar.ts";
import type { Context } from "../context.ts";
import type { SeriesGrants } from "../vouchers/granted.ts";
import type { RecordedPurchase } from "./purchase.ts";

/** What a purchase added of one unit. */
export interface Gain {
  /** In the smallest step. */
  readonly amount: number;
  /** Last good business day, `YYYY-MM-DD`; null: for ever. */
  readonly lastDay: string | null;
}

/** What a purchase was rewarded with; null and empty: with nothing of that kind. */
export interface GivenReward {
  /** `bil_` id. */
  readonly bill: string;
  readonly point: Gain | null;
  readonly stamp: Gain | null;
  /** By series. */
  readonly vouchers: readonly SeriesGrants[];
}

/** What a new purchase was rewarded with, as a till shows it. */
export function rewardOf(
  { principal }: Context,
  { receipt, terms, series }: RecordedPurchase,
): GivenReward {
  const gain = (amount: number | undefined, expiresAt: number): Gain | null =>
    amount === undefined || amount === 0
      ? null
      : { amount, lastDay: lastDayOf(expiresAt, principal.merchant.timeZone) };
  return {
    bill: billIdOf({ id: receipt.entry }),
    point: gain(receipt.bill?.earned, terms.expiresAt),
    stamp: gain(receipt.bill?.stamps, terms.stamps?.expiresAt ?? terms.expiresAt),
    vouchers: series,
  };
}
