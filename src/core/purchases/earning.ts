import type { Money, Rate } from "../amount.ts";
import { currencyScale, divide, narrow, RATE_SCALE, WHOLE_POINT } from "../amount.ts";
import type { BillLine } from "../ledger/entries.ts";
import type { Program } from "../program/program.ts";
import { categoryKey } from "../program/program.ts";
import { tierFor } from "../program/tiers.ts";
import type { Purchase } from "./purchase.ts";

const RATE_ONE = 10n ** BigInt(RATE_SCALE);

/** What of a purchase decides about its points; see {@link Purchase}. */
type Earning = Pick<Purchase, "base" | "lines" | "earning" | "day">;

const POINT_STEPS = BigInt(WHOLE_POINT);

/**
 * Points (smallest step) that a purchase earns: rate × multiplier of the tier held before the
 * purchase, rounded once, as the programme names it, and what its lines' categories earn besides.
 * By customer type it is instead a whole point for so much money, × that multiplier; what is left
 * over earns nothing, and no category counts. Null when the sum is beyond what one command may
 * move.
 */
export function pointsForPurchase(
  program: Program,
  { base, lines, earning }: Earning,
  lifetime: number,
): number | null {
  const multiplier = BigInt(tierFor(program, lifetime)?.multiplier ?? Number(RATE_ONE));
  if (earning.by === "customer_type") return narrow(wholePoints(earning.every, base, multiplier));
  const steps = stepsEarned(program.earning, base, multiplier);
  const earned = steps * BigInt(program.earning.step);
  return narrow(earned + categoryBonus(program, base.currency, lines));
}

function wholePoints(every: number | null, { amount }: Money, multiplier: bigint): bigint {
  if (every === null) return 0n;
  const points = divide(BigInt(amount) * multiplier, BigInt(every) * RATE_ONE, "floor");
  return points * POINT_STEPS;
}

function stepsEarned(
  { rate, rounding, step }: Program["earning"],
  { amount, currency }: Money,
  multiplier: bigint,
): bigint {
  const multiplied = BigInt(amount) * multiplier;
  const moneySteps = 10n ** BigInt(currencyScale(currency));
  const divisor = moneySteps * RATE_ONE * RATE_ONE * BigInt(step);
  return divide(multiplied * BigInt(rate) * POINT_STEPS, divisor, rounding);
}

/**
 * Points (smallest step) that a bill adds or, when what counts of it is negative, takes back: then
 * what that much would earn. Null as in {@link pointsForPurchase}.
 */
export function pointsForBill(
  program: Program,
  purchase: Earning,
  lifetime: number,
): number | null {
  const { base, lines } = purchase;
  if (base.amount >= 0) return pointsForPurchase(program, purchase, lifetime);
  const returned = lines.map((line) => ({ ...line, amount: 0 - line.amount }));
  const refund = { ...purchase, base: { ...base, amount: -base.amount }, lines: returned };
  const points = pointsForPurchase(program, refund, lifetime);
  return points === null ? null : 0 - Math.max(0, points);
}

/** What the lines' categories earn besides, each line rounded down; no tier multiplies it. */
function categoryBonus(program: Program, currency: string, lines: readonly BillLine[]): bigint {
  const { categories = {}, step } = program.earning;
  const divisor = 10n ** BigInt(currencyScale(currency)) * RATE_ONE * BigInt(step);
  let bonus = 0n;
  for (const { category, amount } of lines) {
    const key = category === null ? null : categoryKey(category);
    if (key === null || !Object.hasOwn(categories, key)) continue;
    const exact = BigInt(amount) * BigInt(categories[key] ?? 0) * POINT_STEPS;
    bonus += divide(exact, divisor, "floor") * BigInt(step);
  }
  return bonus;
}

/**
 * What an amount of points (smallest step) is worth in the currency's smallest unit, rounded down;
 * null when the programme gives points no value in money.
 */
export function moneyForPoints(program: Program, points: number, currency: string): number | null {
  if (program.redemptionRate === null) return null;
  const money = BigInt(points) * RATE_ONE * 10n ** BigInt(currencyScale(currency));
  const divisor = BigInt(program.redemptionRate) * POINT_STEPS;
  return narrow(divide(money, divisor, "floor"));
}

/** What money costs in points is so fine: a hundredth of a point, as the tills that ask show it. */
const PRICE_STEP = POINT_STEPS / 100n;

/**
 * What an amount of money costs in points (smallest step) at so many points per currency unit;
 * rounded up to a hundredth, so that nobody gets money for fewer points than it costs. Null beyond
 * what one command may move.
 */
export function pointsForMoney(rate: Rate, { amount, currency }: Money): number | null {
  const exact = BigInt(amount) * BigInt(rate) * POINT_STEPS;
  const divisor = RATE_ONE * 10n ** BigInt(currencyScale(currency)) * PRICE_STEP;
  return narrow(divide(exact, divisor, "ceil") * PRICE_STEP);
}
