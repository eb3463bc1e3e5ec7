import type { Money, Rate } from "../amount.ts";
import { currencyScale, divide, narrow, RATE_SCALE, unitScale } from "../amount.ts";
import type { BillLine } from "../ledger/entries.ts";
import type { Program } from "../program/program.ts";
import { categoryKey } from "../program/program.ts";
import { tierFor } from "../program/tiers.ts";

const RATE_ONE = 10n ** BigInt(RATE_SCALE);

/**
 * Points (smallest step) that a purchase earns: rate × multiplier of the tier held before the
 * purchase, rounded once, as the programme names it, and what its lines' categories earn besides.
 * Where the programme names the money that earns one step, that counts instead of the rate, and
 * what is left over earns nothing. Null when the sum is beyond what one command may move.
 */
export function pointsForPurchase(
  program: Program,
  purchase: Money,
  lifetime: number,
  lines: readonly BillLine[] = [],
): number | null {
  const multiplier = BigInt(tierFor(program, lifetime)?.multiplier ?? Number(RATE_ONE));
  const steps = stepsEarned(program.earning, purchase, multiplier);
  const base = steps * BigInt(program.earning.step);
  return narrow(base + categoryBonus(program, purchase.currency, lines));
}

function stepsEarned(
  { rate, rounding, step, every }: Program["earning"],
  { amount, currency }: Money,
  multiplier: bigint,
): bigint {
  const multiplied = BigInt(amount) * multiplier;
  if (every !== undefined) return divide(multiplied, BigInt(every) * RATE_ONE, "floor");
  const pointSteps = 10n ** BigInt(unitScale("point", currency));
  const moneySteps = 10n ** BigInt(currencyScale(currency));
  const divisor = moneySteps * RATE_ONE * RATE_ONE * BigInt(step);
  return divide(multiplied * BigInt(rate) * pointSteps, divisor, rounding);
}

/**
 * Points (smallest step) that a bill adds or, when what counts of it is negative, takes back: then
 * what that much would earn today. Null as in {@link pointsForPurchase}.
 */
export function pointsForBill(
  program: Program,
  base: Money,
  lifetime: number,
  lines: readonly BillLine[],
): number | null {
  if (base.amount >= 0) return pointsForPurchase(program, base, lifetime, lines);
  const returned = lines.map((line) => ({ ...line, amount: 0 - line.amount }));
  const refund = { ...base, amount: -base.amount };
  const points = pointsForPurchase(program, refund, lifetime, returned);
  return points === null ? null : 0 - Math.max(0, points);
}

/** What the lines' categories earn besides, each line rounded down; no tier multiplies it. */
function categoryBonus(program: Program, currency: string, lines: readonly BillLine[]): bigint {
  const { categories = {}, step } = program.earning;
  const pointSteps = 10n ** BigInt(unitScale("point", currency));
  const divisor = 10n ** BigInt(currencyScale(currency)) * RATE_ONE * BigInt(step);
  let bonus = 0n;
  for (const { category, amount } of lines) {
    const key = category === null ? null : categoryKey(category);
    if (key === null || !Object.hasOwn(categories, key)) continue;
    const exact = BigInt(amount) * BigInt(categories[key] ?? 0) * pointSteps;
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
  const divisor = BigInt(program.redemptionRate) * 10n ** BigInt(unitScale("point", currency));
  return narrow(divide(money, divisor, "floor"));
}

/**
 * What an amount of money costs in points (smallest step) at so many points per currency unit;
 * rounded up, so that nobody gets money for fewer points than it costs. Null beyond what one
 * command may move.
 */
export function pointsForMoney(rate: Rate, { amount, currency }: Money): number | null {
  const exact = BigInt(amount) * BigInt(rate) * 10n ** BigInt(unitScale("point", currency));
  return narrow(divide(exact, RATE_ONE * 10n ** BigInt(currencyScale(currency)), "ceil"));
}
