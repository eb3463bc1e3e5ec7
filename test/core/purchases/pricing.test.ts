import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_AMOUNT } from "../../../src/core/amount.ts";
import type { BillLine } from "../../../src/core/ledger/entries.ts";
import {
  pointsForBill,
  pointsForMoney,
  pointsForPurchase,
} from "../../../src/core/purchases/earning.ts";
import type { Discount } from "../../../src/core/purchases/pricing.ts";
import {
  eligibleAmount,
  lineTotal,
  pieceTotal,
  totalOf,
} from "../../../src/core/purchases/pricing.ts";
import type { EarningRule } from "../../../src/core/purchases/purchase.ts";
import { BY_PROGRAM } from "../../../src/core/purchases/purchase.ts";
import { program, purchaseOf, TIERS } from "../../support/requests.ts";

const PIECE = 10_000;
const UNIT = 1_000_000;
const percent = (share: number): Discount => ({ percent: share * 10_000 });

function total(
  pieces: number,
  price: number,
  discount: Discount | null = null,
  currency = "PHP",
): number | null {
  const [quantity, exact] = [Math.round(pieces * PIECE), Math.round(price * UNIT)];
  return lineTotal({ quantity, price: exact, discount }, currency);
}

describe("a line of an invoice", () => {
  it.each<[number, number, Discount | null, number]>([
    [1, 100, null, 10_000],
    [3, 33.33, null, 9_999],
    [1, 100, percent(10), 9_000],
    [1, 100, { amount: 1_550 }, 8_450],
    [2, 100, { amount: 1_500 }, 18_500],
    [0.25, 19.99, null, 500],
    [1, 0.005, null, 1],
    [1, 0.004999, null, 0],
    [3, 0.333333, null, 100],
    [1, 99.99, percent(33.3333), 6_666],
    [1, 10, percent(100), 0],
    [1, 10, { amount: 1_001 }, 0],
    [0, 10, null, 0],
  ])("of %d at %d less %j comes to %i", (pieces, price, discount, expected) => {
    expect(total(pieces, price, discount)).toBe(expected);
  });

  it("that is a return comes to what it cost, negative", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.nat(100_000_000),
        fc.oneof(
          fc.constant(null),
          fc.nat(1_000_000).map((share) => ({ percent: share })),
          fc.nat(100_000).map((amount) => ({ amount })),
        ),
        (quantity, price, discount) => {
          const bought = lineTotal({ quantity, price, discount }, "PHP") ?? 0;
          const returned = lineTotal({ quantity: -quantity, price, discount }, "PHP");
          expect(returned).toBe(0 - bought);
          expect(bought).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it("counts in the smallest unit of its currency", () => {
    expect(total(1, 10.5, null, "JPY")).toBe(11);
    expect(total(1, 10.5, null, "KWD")).toBe(10_500);
    expect(total(1, 10.5, { amount: 1 }, "KWD")).toBe(10_499);
  });

  it("is refused beyond what one command may move", () => {
    const most = { quantity: MAX_AMOUNT, price: 1 * UNIT, discount: null };
    expect(lineTotal({ ...most, quantity: PIECE, price: 90_000_000 * UNIT }, "PHP")).toBe(9e9);
    expect(lineTotal({ ...most, price: 1_000_000 * UNIT }, "PHP")).toBeNull();
  });

  it("has a price for each of its pieces", () => {
    expect(pieceTotal(18_500, 2 * PIECE)).toBe(9_250);
    expect(pieceTotal(-9_000, -1 * PIECE)).toBe(9_000);
    expect(pieceTotal(1_000, 3 * PIECE)).toBe(333);
    expect(pieceTotal(0, 0)).toBe(0);
  });
});

describe("an invoice", () => {
  it("adds its lines up exactly, as far as an amount goes", () => {
    expect(totalOf([10, -30, 5])).toBe(-15);
    expect(totalOf([])).toBe(0);
    expect(totalOf([MAX_AMOUNT, 1])).toBeNull();
  });

  it.each([
    [1_000, 0, 1_000],
    [1_000, 300, 700],
    [1_000, 1_500, 0],
    [-1_000, -300, -700],
    [-1_000, -1_500, 0],
    [0, 0, 0],
  ])("over %i, of which %i in points, counts with %i", (amount, paid, expected) => {
    expect(eligibleAmount(amount, paid) + 0).toBe(expected);
  });
});

describe("points by the money that earns one", () => {
  const by = (every: number | null): EarningRule => ({ by: "customer_type", every });
  const pesos = (amount: number, earning: EarningRule = by(10_000)) =>
    purchaseOf({ amount, currency: "PHP" }, { earning });

  it.each([
    [100_000, 10_000],
    [10_000, 1_000],
    [9_999, 0],
    [19_999, 1_000],
    [0, 0],
    [9_007_199_254_740_991, 900_719_925_474_000],
  ])("are whole ones: %i earn %i", (amount, points) => {
    const expected = points > MAX_AMOUNT ? null : points;
    expect(pointsForPurchase(program(), pesos(amount), 0)).toBe(expected);
  });

  it("count instead of rate, rounding, step and categories, times the tier", () => {
    const categories = { bar: 1_000_000 };
    const earning = { rate: 5_000_000, rounding: "ceil", step: 50, categories } as const;
    const line = { category: "bar", sku: null, name: null, quantity: null, amount: 1_000 };
    const bought = { ...pesos(1_000, by(300)), lines: [line] };
    expect(pointsForPurchase(program({ earning }), bought, 0)).toBe(3_000);
    expect(pointsForPurchase(program({ earning, tiers: TIERS }), bought, 10_000)).toBe(5_000);
  });

  it("are none for a type that earns nothing", () => {
    expect(pointsForPurchase(program(), pesos(100_000, by(null)), 0)).toBe(0);
    expect(pointsForBill(program(), pesos(-100_000, by(null)), 0)).toBe(0);
  });

  it("are taken back by the same rule", () => {
    expect(pointsForBill(program(), pesos(-19_999), 0)).toBe(-1_000);
    expect(pointsForBill(program(), pesos(-9_999), 0)).toBe(0);
    expect(pointsForBill(program(), pesos(19_999), 0)).toBe(1_000);
  });

  it("are never more back than as much would have earned", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (amount) => {
        const earned = pointsForBill(program(), pesos(amount), 0) ?? 0;
        expect(pointsForBill(program(), pesos(-amount), 0)).toBe(0 - earned);
      }),
    );
  });

  it("of a return's lines are those of its categories too, and never added", () => {
    const earning = {
      rate: 0,
      rounding: "floor",
      step: 1,
      categories: { bar: 1_000_000 },
    } as const;
    const line = { category: "bar", sku: null, name: null, quantity: null };
    const returned = (lines: readonly BillLine[]) => ({ ...pesos(-500, BY_PROGRAM), lines });
    const lines = [{ ...line, amount: -500 }];
    expect(pointsForBill(program({ earning }), returned(lines), 0)).toBe(-5_000);
    const odd = [{ ...line, amount: 500 }];
    expect(pointsForBill(program({ earning }), returned(odd), 0)).toBe(0);
  });
});

describe("points for money", () => {
  it.each([
    [200_000_000, 1_000, 2_000_000],
    [200_000_000, 1, 2_000],
    [3_000_000, 1, 30],
    [333_333, 1, 10],
    [1, 1, 10],
    [1_500_000, 333, 5_000],
  ])(
    "at a rate of %i for %i cost %i, rounded up to a hundredth of a point",
    (rate, amount, points) => {
      expect(pointsForMoney(rate, { amount, currency: "PHP" })).toBe(points);
    },
  );

  it("are none beyond what one command may move", () => {
    const most = { amount: MAX_AMOUNT / 10, currency: "PHP" };
    expect(pointsForMoney(1_000_000, most)).toBe(MAX_AMOUNT);
    expect(pointsForMoney(1_000_001, most)).toBeNull();
  });
});
