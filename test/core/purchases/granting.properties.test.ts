import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BillLine } from "../../../src/core/ledger/entries.ts";
import { MAX_BILL_VOUCHERS } from "../../../src/core/program/grants.ts";
import type { Grants } from "../../../src/core/program/program.ts";
import { grantsFor } from "../../../src/core/purchases/granting.ts";
import { program } from "../../support/requests.ts";

const NAMES = ["A", "B", "C", "toString"];

const per = fc.constantFrom("bill" as const, "item" as const);
const sku = fc.record({
  stamps: fc.record({ amount: fc.nat(5), per }),
  vouchers: fc.array(
    fc.record({ series: fc.constantFrom("v", "w"), count: fc.integer({ min: 1, max: 9 }), per }),
    { maxLength: 3 },
  ),
});
const rules: fc.Arbitrary<Grants> = fc.record({
  stamps: fc.record({ perBill: fc.nat(3), expiry: fc.constant({ kind: "never" as const }) }),
  skus: fc.dictionary(fc.constantFrom(...NAMES), sku),
});
const bought: fc.Arbitrary<readonly BillLine[]> = fc.array(
  fc.record({
    category: fc.constant(null),
    sku: fc.constantFrom(null, ...NAMES),
    name: fc.constant(null),
    quantity: fc.constantFrom(null, -10_000, 0, 2_500, 5_000, 10_000, 35_000, 200_000),
    amount: fc.integer({ min: -100, max: 100 }),
  }),
  { maxLength: 12 },
);

/** Stamps of a bill, added up by hand. */
function stampsOf({ stamps, skus }: Grants, lines: readonly BillLine[]): number {
  let total = stamps.perBill;
  for (const name of NAMES) {
    const own = Object.hasOwn(skus, name) ? skus[name] : undefined;
    const pieces = lines
      .filter((line) => line.sku === name)
      .reduce((sum, line) => sum + (line.quantity ?? 10_000) / 10_000, 0);
    if (own === undefined || pieces <= 0) continue;
    total += own.stamps.amount * (own.stamps.per === "bill" ? 1 : Math.floor(pieces));
  }
  return total;
}

const countOf = (granted: ReturnType<typeof grantsFor>): number =>
  (granted?.vouchers ?? []).reduce((sum, { count }) => sum + count, 0);

describe("whatever a bill is granted", () => {
  it("has the stamps of the bill and of the whole pieces of each article", () => {
    fc.assert(
      fc.property(rules, bought, (grants, lines) => {
        expect(grantsFor(program({ grants }), lines)?.stamps).toBe(stampsOf(grants, lines));
      }),
    );
  });

  it("is the same number of stamps and vouchers in whatever order its lines come", () => {
    fc.assert(
      fc.property(rules, bought, (grants, lines) => {
        const rule = program({ grants });
        const [forth, back] = [grantsFor(rule, lines), grantsFor(rule, lines.toReversed())];
        expect(back?.stamps).toBe(forth?.stamps);
        expect(countOf(back)).toBe(countOf(forth));
      }),
    );
  });

  it("names each series once, with at least one voucher, and has no more than a bill may", () => {
    fc.assert(
      fc.property(rules, bought, (grants, lines) => {
        const granted = grantsFor(program({ grants }), lines);
        const series = granted?.vouchers.map((one) => one.series) ?? [];
        expect(new Set(series).size).toBe(series.length);
        expect(granted?.vouchers.every(({ count }) => count >= 1)).toBe(true);
        expect(countOf(granted)).toBeLessThanOrEqual(MAX_BILL_VOUCHERS);
      }),
    );
  });
});
