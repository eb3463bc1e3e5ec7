import type { Money } from "./amount.ts";
import { currencyScale, divide, narrow, RATE_SCALE, unitScale } from "./amount.ts";
import type { BillLine } from "./entries.ts";
import type { Program } from "./program.ts";
import { categoryKey } from "./program.ts";
import { tierFor } from "./tiers.ts";

const RATE_ONE = 10n ** BigInt(RATE_SCALE);

/**
 * Points (smallest step) that a purchase earns: rate × multiplier of the tier held before the
 * purchase, rounded once, as the programme names it, and what its lines' categories earn besides.
 * Null when the sum is beyond what one command may move.
 */
export function pointsForPurchase(
  program: Program,
  purchase: Money,
  lifetime: number,
  lines: readonly BillLine[] = [],
): number | null {
  const { rate, rounding, step } = program.earning;
  const multiplier = BigInt(tierFor(program, lifetime)?.multiplier ?? Number(RATE_ONE));
  const exact = BigInt(purchase.amount) * BigInt(rate) * multiplier;
  const pointSteps = 10n ** BigInt(unitScale("point", purchase.currency));
  const moneySteps = 10n ** BigInt(currencyScale(purchase.currency));
  const divisor = moneySteps * RATE_ONE * RATE_ONE * BigInt(step);
  const base = divide(exact * pointSteps, divisor, rounding) * BigInt(step);
  return narrow(base + categoryBonus(program, purchase.currency, lines));
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
