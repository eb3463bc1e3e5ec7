import { describe, expect, it } from "vitest";
import type { Rounding } from "../../src/core/amount.ts";
import {
  currencyScale,
  divide,
  formatDecimal,
  formatShortDecimal,
  inOrder,
  MAX_AMOUNT,
  MAX_BALANCE,
  narrow,
  parseDecimal,
  parseRate,
  unitScale,
  unitText,
} from "../../src/core/amount.ts";

describe("a decimal text", () => {
  it.each([
    ["0", 2, 0],
    ["0.00", 2, 0],
    ["12", 2, 1200],
    ["12.5", 2, 1250],
    ["12.50", 2, 1250],
    ["12.500000000000", 2, 1250],
    ["0.07", 2, 7],
    ["007.10", 2, 710],
    ["-12.50", 2, -1250],
    ["-0.01", 2, -1],
    ["5", 0, 5],
    ["5.0", 0, 5],
    ["1.234", 3, 1234],
    ["0.000001", 6, 1],
  ])("%s with %i digits behind the point is %i steps", (text, scale, value) => {
    expect(parseDecimal(text, scale)).toBe(value);
  });

  it.each([
    ["0.1", "0.2", "0.3"],
    ["1.1", "2.2", "3.3"],
    ["4.35", "0", "4.35"],
    ["1.005", "0", "1.005"],
    ["70368744177.663", "0.001", "70368744177.664"],
  ])("adds exactly where a float would not: %s + %s", (one, other, total) => {
    const added = Number(parseDecimal(one, 3)) + Number(parseDecimal(other, 3));
    expect(added).toBe(parseDecimal(total, 3));
  });

  it("is never a negative zero", () => {
    expect(Object.is(parseDecimal("-0", 2), 0)).toBe(true);
    expect(Object.is(parseDecimal("-0.00", 2), 0)).toBe(true);
  });

  it("reaches to the last safe integer and not beyond", () => {
    expect(parseDecimal("9007199254740991", 0)).toBe(Number.MAX_SAFE_INTEGER);
    expect(parseDecimal("-9007199254740991", 0)).toBe(-Number.MAX_SAFE_INTEGER);
    expect(parseDecimal("90071992547409.91", 2)).toBe(Number.MAX_SAFE_INTEGER);
    expect(parseDecimal("9007199254740992", 0)).toBeNull();
    expect(parseDecimal("9007199254740993", 0)).toBeNull();
    expect(parseDecimal("90071992547409.92", 2)).toBeNull();
    expect(parseDecimal("9".repeat(400), 2)).toBeNull();
  });

  it.each([
    ["a digit that the scale cannot hold", "1.001", 2],
    ["a fraction where there is none", "1.5", 0],
    ["a digit too small for any scale", "1.0000000000001", 2],
    ["an exponent", "1e3", 2],
    ["an exponent", "1E-1", 2],
    ["a plus", "+1", 2],
    ["two signs", "--1", 2],
    ["a comma", "1,5", 2],
    ["a group", "1 000", 2],
    ["a blank before it", " 1", 2],
    ["a line break behind it", "1\n", 2],
    ["no whole part", ".5", 2],
    ["no fraction behind the point", "5.", 2],
    ["two points", "1.2.3", 2],
    ["a word", "Infinity", 2],
    ["no number", "NaN", 2],
    ["another base", "0x10", 2],
    ["digits of another script", "١٢", 2],
    ["a currency", "€5", 2],
    ["nothing", "", 2],
    ["only a sign", "-", 2],
  ])("is refused with %s: %j", (_, text, scale) => {
    expect(parseDecimal(text, scale)).toBeNull();
  });
});

describe("an amount as text", () => {
  it.each([
    [1250, 2, "12.50", "12.5"],
    [1200, 2, "12.00", "12"],
    [7, 2, "0.07", "0.07"],
    [-5, 2, "-0.05", "-0.05"],
    [-100, 2, "-1.00", "-1"],
    [0, 2, "0.00", "0"],
    [100, 0, "100", "100"],
    [-3, 0, "-3", "-3"],
    [1, 3, "0.001", "0.001"],
    [10_000, 2, "100.00", "100"],
    [Number.MAX_SAFE_INTEGER, 2, "90071992547409.91", "90071992547409.91"],
  ])(
    "%i steps with %i digits behind the point are %s, in short %s",
    (value, scale, full, short) => {
      expect(formatDecimal(value, scale)).toBe(full);
      expect(formatShortDecimal(value, scale)).toBe(short);
    },
  );
});

describe("a rate", () => {
  it.each([
    ["1", 1_000_000],
    ["1.5", 1_500_000],
    ["0", 0],
    ["0.000001", 1],
    ["1000000", 1_000_000_000_000],
  ])("of %s is %i millionths", (text, rate) => {
    expect(parseRate(text)).toBe(rate);
  });

  it.each(["-1", "-0.000001", "1000000.000001", "0.0000001", "1e2", "", "one"])(
    "is not %j",
    (text) => {
      expect(parseRate(text)).toBeNull();
    },
  );
});

describe("a currency", () => {
  // ISO 4217, list one.
  it.each([
    [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"],
    [2, "EUR USD GBP CHF MYR SGD"],
    [3, "BHD IQD JOD KWD LYD OMR TND"],
  ])("with %i digits behind the point is one of %s", (scale, currencies) => {
    for (const currency of currencies.split(" ")) {
      expect([currency, currencyScale(currency)]).toEqual([currency, scale]);
      expect(unitScale("prepaid", currency)).toBe(scale);
    }
  });

  it("changes the scale of prepaid money only", () => {
    expect(["JPY", "EUR", "KWD"].map((currency) => unitScale("point", currency))).toEqual([
      3, 3, 3,
    ]);
    expect(["JPY", "EUR", "KWD"].map((currency) => unitScale("stamp", currency))).toEqual([
      0, 0, 0,
    ]);
  });
});

describe("a division", () => {
  it.each<[Rounding, bigint[]]>([
    ["floor", [-3n, -2n, -2n, -2n, -2n, -1n, -1n, -1n, -1n, 0n, 0n, 0n, 0n, 1n, 1n, 1n, 1n, 2n]],
    ["half_up", [-2n, -2n, -2n, -2n, -1n, -1n, -1n, -1n, 0n, 0n, 0n, 1n, 1n, 1n, 1n, 2n, 2n, 2n]],
    ["ceil", [-2n, -2n, -1n, -1n, -1n, -1n, 0n, 0n, 0n, 0n, 1n, 1n, 1n, 1n, 2n, 2n, 2n, 2n]],
  ])("rounds quarters by %s", (rounding, rounded) => {
    const quarters = Array.from({ length: 18 }, (_, i) => BigInt(i - 9));
    expect(quarters.map((quarter) => divide(quarter, 4n, rounding))).toEqual(rounded);
  });

  it("has no half of an odd divisor to round", () => {
    expect(divide(1n, 3n, "half_up")).toBe(0n);
    expect(divide(2n, 3n, "half_up")).toBe(1n);
    expect(divide(-1n, 3n, "half_up")).toBe(0n);
    expect(divide(-2n, 3n, "half_up")).toBe(-1n);
  });

  it("is exact beyond what a double holds", () => {
    expect(divide(10n ** 30n + 1n, 10n, "floor")).toBe(10n ** 29n);
    expect(divide(10n ** 30n + 1n, 10n, "ceil")).toBe(10n ** 29n + 1n);
  });
});

describe("a computed sum", () => {
  it("becomes an amount up to the most that one command may move", () => {
    expect(narrow(BigInt(MAX_AMOUNT))).toBe(MAX_AMOUNT);
    expect(narrow(-BigInt(MAX_AMOUNT))).toBe(-MAX_AMOUNT);
    expect(narrow(BigInt(MAX_AMOUNT) + 1n)).toBeNull();
    expect(narrow(-BigInt(MAX_AMOUNT) - 1n)).toBeNull();
  });

  it("stays a safe integer even as the largest balance and amount together", () => {
    expect(Number.isSafeInteger(MAX_BALANCE + MAX_AMOUNT)).toBe(true);
  });
});

describe("an amount of a unit", () => {
  const OWN = [{ code: "mile", name: "Miles", scale: 1 }];

  it("is written with the digits of its unit, and no third zero of points", () => {
    expect(unitText(12_500, "point", "EUR")).toBe("12.50");
    expect(unitText(-12_000, "point", "JPY")).toBe("-12.00");
    expect(unitText(26_447_104, "point", "EUR")).toBe("26447.104");
    expect(unitText(0, "point", "EUR")).toBe("0.00");
    expect(unitText(10, "stamp", "EUR")).toBe("10");
    expect(unitText(1250, "prepaid", "KWD")).toBe("1.250");
    expect(unitText(125, "own:mile", "EUR", OWN)).toBe("12.5");
  });

  it("is not written by guessing the digits of a unit that nobody defined", () => {
    expect(() => unitText(1, "own:mile", "EUR")).toThrow(/no unit own:mile/);
  });

  it("has its place: built-in units first, then by their codes", () => {
    const units = ["own:b", "prepaid", "own:a", "point", "own:b"] as const;
    expect(inOrder(units)).toEqual(["point", "prepaid", "own:a", "own:b"]);
  });
});
