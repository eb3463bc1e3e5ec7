import type { Money, Unit } from "../../../src/core/amount.ts";
import type { BillCommand } from "../../../src/core/ledger/commands.ts";
import type { BillSum, Head, Receipt } from "../../../src/core/ledger/entries.ts";
import type { Line } from "./lines.ts";

/** What a bill came to. A purchase can only raise the tier, and a return only lower it. */
export function billReceipt(
  { purchase, base = purchase, vouchers = [] }: BillCommand,
  others: readonly Line[],
): Receipt["bill"] & {} {
  const earned = (unit: Unit): number =>
    others.find((line) => line.kind !== "tier" && line.unit === unit)?.amount ?? 0;
  return {
    earned: earned("point"),
    upgraded: base.amount >= 0 && others.some((line) => line.kind === "tier"),
    ...(earned("stamp") > 0 ? { stamps: earned("stamp") } : {}),
    ...(vouchers.length > 0 ? { vouchers } : {}),
  };
}

/** The sums of every bill that was not voided; a currency that had one stays. */
export function sumsOf(
  totals: ReadonlyMap<number, Money>,
  isVoided: (seq: number) => boolean,
): NonNullable<Head["bills"]> {
  const sums: Record<string, BillSum> = {};
  for (const [seq, { amount, currency }] of totals) {
    const { count, total } = sums[currency] ?? { count: 0, total: 0 };
    const stands = !isVoided(seq);
    sums[currency] = {
      count: count + (stands && amount >= 0 ? 1 : 0),
      total: total + (stands ? amount : 0),
    };
  }
  return sums;
}
