import { currencyScale, divide, narrow } from "../amount.ts";
import { QUANTITY_SCALE } from "../ledger/entries.ts";

/** Digits behind the decimal point of a line's price per piece. */
export const PRICE_SCALE = 6;

/** Digits behind the decimal point of a discount in percent. */
export const PERCENT_SCALE = 4;

/** What is taken off a line: a share of it, or an amount in the currency's smallest unit. */
export type Discount = { readonly percent: number } | { readonly amount: number };

/** A line of an invoice as its till priced it. */
export interface PricedLine {
  /** As an integer with `QUANTITY_SCALE` digits behind the point; negative for a return. */
  readonly quantity: number;
  /** Of one piece, as an integer with {@link PRICE_SCALE} digits behind the point. */
  readonly price: number;
  readonly discount: Discount | null;
}

/**
 * What a line comes to, in the currency's smallest unit: rounded once, halves away from 0. A
 * discount never turns a line's sign. Null when it is beyond what one command may move.
 */
export function lineTotal({ quantity, price, discount }: PricedLine, currency: string) {
  const gross = BigInt(Math.abs(quantity)) * BigInt(price);
  const moneySteps = 10n ** BigInt(QUANTITY_SCALE + PRICE_SCALE - currencyScale(currency));
  const whole = 100n * 10n ** BigInt(PERCENT_SCALE);
  let [net, divisor] = [gross, moneySteps];
  if (discount !== null && "percent" in discount) {
    [net, divisor] = [gross * (whole - BigInt(discount.percent)), moneySteps * whole];
  } else if (discount !== null) {
    net = gross - BigInt(discount.amount) * moneySteps;
  }
  const total = net < 0n ? 0n : divide(net, divisor, "half_up");
  return narrow(quantity < 0 ? -total : total);
}

/** What one piece of a line comes to, in the currency's smallest unit, rounded like its total. */
export function pieceTotal(total: number, quantity: number): number {
  if (quantity === 0) return 0;
  const [pieces, whole] = [BigInt(Math.abs(quantity)), 10n ** BigInt(QUANTITY_SCALE)];
  return Number(divide(BigInt(Math.abs(total)) * whole, pieces, "half_up"));
}

/** Sum of amounts; null when it is beyond what one command may move. */
export function totalOf(amounts: readonly number[]): number | null {
  return narrow(amounts.reduce((sum, amount) => sum + BigInt(amount), 0n));
}

/**
 * What of an invoice's total earns points: not what was paid with points. It never turns the sign,
 * so that whoever pays more with points than there was to pay loses none.
 */
export function eligibleAmount(total: number, paidWithPoints: number): number {
  const rest = total - paidWithPoints;
  return total < 0 ? Math.min(0, rest) : Math.max(0, rest);
}
