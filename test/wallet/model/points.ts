import { MAX_AMOUNT } from "../../../src/core/amount.ts";
import type { BillLine, Receipt } from "../../../src/core/ledger/entries.ts";
import type { Program, Tier } from "../../../src/core/program/program.ts";
import { rounded } from "./lots.ts";

/** Smallest steps of points for one of cents. */
const STEPS_PER_CENT = 10n;
const WHOLE_POINT = 1_000;

function reachedBy({ tiers }: Program, lifetime: number): Tier[] {
  return tiers.filter((tier) => tier.from <= Math.max(0, lifetime));
}

/** Where so many lifetime points stand. */
export function standingOf(program: Program, lifetime: number): Receipt["standing"] {
  const reached = reachedBy(program, lifetime);
  const next = program.tiers[reached.length];
  const missing = next === undefined ? 0 : next.from - lifetime;
  return { tier: reached.at(-1)?.name ?? null, next: next?.name ?? null, missing };
}

function multiplied(program: Program, lifetime: number, cents: number): bigint {
  return BigInt(cents) * BigInt(reachedBy(program, lifetime).at(-1)?.multiplier ?? 1e6);
}

/** Points of a purchase in cents where so many of them earn a whole one. */
export function wholePointsOf(
  program: Program,
  lifetime: number,
  cents: number,
  every: number | null,
): number {
  if (every === null) return 0;
  const counted = multiplied(program, lifetime, cents);
  return WHOLE_POINT * Number(rounded(counted, 10n ** 6n * BigInt(every), "floor"));
}

/** Points of a purchase in cents; infinitely many if one command may not move as many. */
export function pointsOf(
  program: Program,
  lifetime: number,
  cents: number,
  lines: readonly BillLine[],
): number {
  const { rate, rounding, step, categories = {} } = program.earning;
  const counted = STEPS_PER_CENT * multiplied(program, lifetime, cents);
  let steps = rounded(counted * BigInt(rate), 10n ** 12n * BigInt(step), rounding);
  for (const { category, amount } of lines) {
    const bonus = STEPS_PER_CENT * BigInt(categories[category?.trim().toLowerCase() ?? ""] ?? 0);
    steps += rounded(BigInt(amount) * bonus, 10n ** 6n * BigInt(step), "floor");
  }
  const points = Number(steps) * step;
  return points > MAX_AMOUNT ? Number.POSITIVE_INFINITY : points;
}
