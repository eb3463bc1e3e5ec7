import type { Program, Tier } from "./program.ts";

/** Where a customer stands among a programme's tiers. */
export interface Standing {
  /** Name of the tier reached; null when the programme has no tiers. */
  readonly tier: string | null;
  /** Name of the next tier; null at the top. */
  readonly next: string | null;
  /** Lifetime points missing to the next tier, in the smallest step; 0 at the top. */
  readonly missing: number;
}

/** The tier that so many lifetime points (smallest step) reach; undefined without tiers. */
export function tierFor(program: Program, lifetime: number): Tier | undefined {
  return program.tiers.findLast((tier) => tier.from <= Math.max(lifetime, 0));
}

/** The standing of so many lifetime points (smallest step) in a programme. */
export function standingFor(program: Program, lifetime: number): Standing {
  const tier = tierFor(program, lifetime)?.name ?? null;
  const next = program.tiers.find((candidate) => candidate.from > Math.max(lifetime, 0));
  return {
    tier,
    next: next?.name ?? null,
    missing: next === undefined ? 0 : next.from - lifetime,
  };
}

/** The tier of that name; undefined when the programme no longer has it. */
export function tierNamed(program: Program, name: string | null): Tier | undefined {
  return program.tiers.find((tier) => tier.name === name);
}

/** Whether `to` ranks above `from`; an unknown or missing tier ranks below every known one. */
export function isUpgrade(program: Program, from: string | null, to: string | null): boolean {
  const rank = (name: string | null): number =>
    program.tiers.findIndex((tier) => tier.name === name);
  return rank(to) > rank(from);
}
