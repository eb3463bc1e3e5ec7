import { describe, expect, it } from "vitest";
import type { Rate, Rounding } from "../../../src/core/amount.ts";
import { MAX_AMOUNT } from "../../../src/core/amount.ts";
import type { BillLine } from "../../../src/core/ledger/entries.ts";
import type { Program } from "../../../src/core/program/program.ts";
import { moneyForPoints, pointsForPurchase } from "../../../src/core/purchases/earning.ts";
import { program, purchaseOf, TIERS } from "../../support/requests.ts";

const euros = (cents: number) => ({ amount: cents, currency: "EUR" });

function earning(rate: Rate, rounding: Rounding = "floor", step = 1) {
  return program({ earning: { rate, rounding, step } });
}

describe("a purchase", () => {
  it("earns the rate per currency unit", () => {
    expect(pointsForPurchase(earning(1_000_000), purchaseOf(euros(1_234)), 0)).toBe(12_340);
    expect(pointsForPurchase(earning(2_500_000), purchaseOf(euros(1_000)), 0)).toBe(25_000);
    expect(pointsForPurchase(earning(0), purchaseOf(euros(1_000)), 0)).toBe(0);
    expect(pointsForPurchase(earning(1_000_000), purchaseOf(euros(0)), 0)).toBe(0);
  });

  it("counts whole currency units whatever their smallest unit is", () => {
    const points = (amount: number, currency: string) =>
      pointsForPurchase(earning(1_000_000), purchaseOf({ amount, currency }), 0);
    expect(points(500, "JPY")).toBe(500_000);
    expect(points(500, "EUR")).toBe(5_000);
    expect(points(500, "KWD")).toBe(500);
  });

  it("earns by decimals what a float would get wrong", () => {
    expect(pointsForPurchase(earning(100_000), purchaseOf(euros(300)), 0)).toBe(300);
    expect(pointsForPurchase(earning(1_100_000), purchaseOf(euros(110)), 0)).toBe(1_210);
    expect(pointsForPurchase(earning(290_000), purchaseOf(euros(10_000)), 0)).toBe(29_000);
  });

  it("earns a thousandth of a point where the programme counts so fine", () => {
    expect(pointsForPurchase(earning(100_000), purchaseOf(euros(1)), 0)).toBe(1);
    expect(pointsForPurchase(earning(1_037_000), purchaseOf(euros(100)), 0)).toBe(1_037);
  });

  it("earns nothing below the smallest step unless the programme rounds up", () => {
    expect(pointsForPurchase(earning(1), purchaseOf(euros(1)), 0)).toBe(0);
    expect(pointsForPurchase(earning(1, "half_up"), purchaseOf(euros(1)), 0)).toBe(0);
    expect(pointsForPurchase(earning(1, "ceil"), purchaseOf(euros(1)), 0)).toBe(1);
  });
});

describe("the rounding of what a purchase earns", () => {
  it.each<[Rounding, number, number]>([
    ["floor", 199, 1_000],
    ["floor", 200, 2_000],
    ["floor", -101, -2_000],
    ["half_up", 149, 1_000],
    ["half_up", 150, 2_000],
    ["half_up", -149, -1_000],
    ["half_up", -150, -2_000],
    ["ceil", 101, 2_000],
    ["ceil", 200, 2_000],
    ["ceil", -199, -1_000],
  ])("by %s makes whole points of %i cents: %i steps", (rounding, cents, points) => {
    expect(
      pointsForPurchase(earning(1_000_000, rounding, 1_000), purchaseOf(euros(cents)), 0),
    ).toBe(points);
  });

  it.each([
    [1, 12_340],
    [10, 12_340],
    [250, 12_250],
    [500, 12_000],
    [5_000, 10_000],
    [100_000, 0],
  ])("is to the programme's step: %i steps make %i", (step, points) => {
    expect(pointsForPurchase(earning(1_000_000, "floor", step), purchaseOf(euros(1_234)), 0)).toBe(
      points,
    );
  });

  it("happens once, after rate and multiplier", () => {
    const rules = program({
      earning: { rate: 500_000, rounding: "floor", step: 1_000 },
      tiers: [{ name: "Only", from: 0, multiplier: 2_000_000, benefits: [] }],
    });
    // Rounding before the multiplier would give 0.
    expect(pointsForPurchase(rules, purchaseOf(euros(100)), 0)).toBe(1_000);
  });

  it("is that of the exact sum, not of one that was rounded before", () => {
    // 0.4995 points would be 0.500 to a thousandth, and that a whole one.
    expect(pointsForPurchase(earning(499_500, "half_up", 1_000), purchaseOf(euros(100)), 0)).toBe(
      0,
    );
  });
});

describe("the tier of a customer", () => {
  const tiered = program({
    earning: { rate: 1_000_000, rounding: "floor", step: 1 },
    tiers: TIERS,
  });

  it.each([
    [0, 10_000],
    [9_999, 10_000],
    [10_000, 15_000],
    [49_999, 15_000],
    [50_000, 20_000],
  ])("with %i lifetime steps makes ten euros worth %i", (lifetime, points) => {
    expect(pointsForPurchase(tiered, purchaseOf(euros(1_000)), lifetime)).toBe(points);
  });
});

describe("the lines of a purchase", () => {
  const line = (category: string | null, amount: number): BillLine => ({
    category,
    sku: null,
    name: null,
    quantity: null,
    amount,
  });
  const categories = { coffee: 500_000, tea: 2_000_000 };
  const rules = (step = 1, tiers: Program["tiers"] = []) =>
    program({ earning: { rate: 1_000_000, rounding: "ceil", step, categories }, tiers });
  const points = (given: Program, ...lines: readonly BillLine[]) =>
    pointsForPurchase(given, purchaseOf(euros(1_000), { lines }), 0);

  it("earn besides by their category, however it is spelt", () => {
    expect(points(rules(), line("coffee", 300))).toBe(11_500);
    expect(points(rules(), line(" COFFEE ", 300), line("tea", 100))).toBe(13_500);
  });

  it("earn nothing besides without a category of the programme", () => {
    expect(points(rules(), line(null, 300), line("cake", 300), line("constructor", 9))).toBe(
      10_000,
    );
    expect(points(earning(1_000_000), line("coffee", 300))).toBe(10_000);
  });

  it("count whole currency units whatever their smallest unit is", () => {
    const coffee = [line("coffee", 500)];
    const of = (currency: string) =>
      pointsForPurchase(rules(), purchaseOf({ amount: 0, currency }, { lines: coffee }), 0);
    expect([of("JPY"), of("EUR"), of("KWD")]).toEqual([250_000, 2_500, 250]);
  });

  it("are rounded down each by itself, to the programme's step", () => {
    expect(points(rules(10), line("coffee", 1), line("coffee", 1))).toBe(10_000);
    expect(points(rules(1_000), line("coffee", 399), line("coffee", 200))).toBe(12_000);
  });

  it("are multiplied by no tier", () => {
    const tiers = [{ name: "Only", from: 0, multiplier: 3_000_000, benefits: [] }];
    expect(points(rules(1, tiers), line("tea", 100))).toBe(32_000);
  });

  it("earn nothing that a command cannot move", () => {
    expect(points(rules(), line("tea", MAX_AMOUNT))).toBeNull();
  });
});

describe("an absurd purchase", () => {
  it("earns nothing that a command cannot move", () => {
    const most = MAX_AMOUNT / 10;
    expect(pointsForPurchase(earning(1_000_000), purchaseOf(euros(most)), 0)).toBe(MAX_AMOUNT);
    expect(pointsForPurchase(earning(1_000_000), purchaseOf(euros(most + 1)), 0)).toBeNull();
    const greedy = earning(1_000_000_000_000);
    expect(pointsForPurchase(greedy, purchaseOf(euros(Number.MAX_SAFE_INTEGER)), 0)).toBeNull();
  });
});

describe("the worth of points", () => {
  it("is nothing where the programme names no rate", () => {
    expect(moneyForPoints(program(), 1_000, "EUR")).toBeNull();
  });

  it.each([
    [100_000, "EUR", 100],
    [100_000, "JPY", 1],
    [100_000, "KWD", 1_000],
    [99_999, "EUR", 99],
    [999, "EUR", 0],
    [0, "EUR", 0],
  ])("of %i steps in %s at 100 points a unit is %i, rounded down", (points, currency, money) => {
    expect(moneyForPoints(program({ redemptionRate: 100_000_000 }), points, currency)).toBe(money);
  });
});
