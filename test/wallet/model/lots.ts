import { DEBT } from "../../../src/core/ledger/entries.ts";
import type { Program } from "../../../src/core/program/program.ts";

/** An amount and the moment at which it expires; what is owed is negative, at DEBT. */
export type ModelLot = readonly [expiresAt: number, amount: number];

/** A unit's lots and lifetime sums. */
export interface Purse {
  readonly lots: Map<number, number>;
  /** What of each lot has expired and no reversal has counted as taken. */
  readonly expired: Map<number, number>;
  earned: number;
  redeemed: number;
}

/** Changes a lot; one of nothing is none. */
export function add(purse: Purse, [at, amount]: ModelLot): void {
  const after = (purse.lots.get(at) ?? 0) + amount;
  if (after === 0) purse.lots.delete(at);
  else purse.lots.set(at, after);
}

/** Pays what is owed first. */
export function gain(purse: Purse, [at, amount]: ModelLot): void {
  const paid = Math.min(amount, -(purse.lots.get(DEBT) ?? 0));
  add(purse, [DEBT, paid]);
  add(purse, [at, amount - paid]);
}

/** Takes what that lot still has of the amount; answers how much that was. */
export function take(purse: Purse, [at, amount]: ModelLot): number {
  const taken = Math.min(amount, purse.lots.get(at) ?? 0);
  add(purse, [at, -taken]);
  return taken;
}

/** Takes what expires first; the rest is owed. */
export function spend(purse: Purse, amount: number): void {
  let missing = amount;
  for (const [at] of inOrder(purse.lots)) {
    if (at !== DEBT) missing -= take(purse, [at, missing]);
  }
  add(purse, [DEBT, -missing]);
}

/** Nothing that is rounded here is negative. */
export function rounded(
  value: bigint,
  unit: bigint,
  rounding: Program["earning"]["rounding"],
): bigint {
  return (value + { floor: 0n, half_up: unit / 2n, ceil: unit - 1n }[rounding]) / unit;
}

/** Soonest first. */
export function inOrder(lots: Iterable<ModelLot>): ModelLot[] {
  return [...lots].sort(([one], [other]) => one - other);
}

/** What the lots hold together. */
export function total(lots: readonly ModelLot[]): number {
  return lots.reduce((sum, [, amount]) => sum + amount, 0);
}

/**
 * What comes back of a redemption, of which `left` is still spent: of each lot what of it would not
 * have been spent, had it been so much less.
 */
export function refundOf(lots: readonly ModelLot[], left: number, amount: number): ModelLot[] {
  const spentOf = (sum: number): number[] => {
    let rest = sum;
    return lots.map(([, change]) => {
      const part = Math.min(rest, -change);
      rest -= part;
      return part;
    });
  };
  const [before, after] = [spentOf(left), spentOf(left - amount)];
  const given = lots.map(([at], i): ModelLot => [at, (after[i] ?? 0) - (before[i] ?? 0)]);
  return given.filter(([, change]) => change !== 0);
}
