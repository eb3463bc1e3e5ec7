import type { Unit } from "../../src/core/amount.ts";
import type { BillCommand } from "../../src/core/ledger/commands.ts";
import type { Receipt } from "../../src/core/ledger/entries.ts";
import type { Line } from "./model-ledger.ts";

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
