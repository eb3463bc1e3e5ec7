import type * as z from "zod";
import type { Receipt } from "../../../core/ledger/entries.ts";
import { moneyNumber, pointsDelta, wholePoints } from "../../../http/wire/amounts.ts";
import type { PointsBalance, RedemptionPreview } from "../../../services/ledger/points.ts";
import { customerText, dataBody, progressBody, transactionText } from "../mapping.ts";
import type {
  balanceAnswer,
  earnAnswer,
  previewAnswer,
  redeemAnswer,
  reverseAnswer,
} from "./answers.ts";

/** Body of `points/earn`. */
export function earnBody(customer: number, receipt: Receipt): z.input<typeof earnAnswer> {
  return {
    success: true,
    transaction_id: transactionText(customer, receipt.seq),
    points_awarded: wholePoints(receipt.amount),
    new_balance: wholePoints(receipt.balance),
    tier_progress: progressBody(receipt.standing),
  };
}

/** Body of `points/redeem`. */
export function redeemBody(customer: number, receipt: Receipt): z.input<typeof redeemAnswer> {
  return {
    success: true,
    transaction_id: transactionText(customer, receipt.seq),
    points_redeemed: wholePoints(-receipt.amount),
    new_balance: wholePoints(receipt.balance),
  };
}

/** Body of `wallet/balance`. */
export function balanceBody(
  customer: number,
  points: PointsBalance,
): z.input<typeof balanceAnswer> {
  return {
    success: true,
    customer_id: customerText(customer),
    balance: wholePoints(points.balance),
    tier: { name: points.standing.tier, benefits: points.benefits },
    points_expiring_soon: wholePoints(points.expiring),
    expiry_date: points.expiryDate,
  };
}

/** Body of `points/preview-redeem`: what the points are worth, and how many there are. */
export function previewBody(
  preview: RedemptionPreview,
  currency: string,
): z.input<typeof previewAnswer> {
  return dataBody({
    points_to_redeem: wholePoints(preview.amount),
    points_value: moneyNumber(preview.value, currency),
    max_redeemable: wholePoints(preview.available),
    amount_discount: moneyNumber(preview.discount, currency),
  });
}

/** Body of `points/reverse`. */
export function reverseBody(customer: number, receipt: Receipt): z.input<typeof reverseAnswer> {
  return dataBody({
    transaction_id: transactionText(customer, receipt.seq),
    reversed_transaction_id: transactionText(customer, receipt.corrects ?? 0),
    points_delta: pointsDelta(receipt.amount),
    new_balance: wholePoints(receipt.balance),
  });
}
