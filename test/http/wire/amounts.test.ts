import { describe, expect, it } from "vitest";
import { plainDecimal, roundDecimal } from "../../../src/http/wire/amounts.ts";

describe("a number's text without an exponent", () => {
  it.each([
    ["12.50", "12.50"],
    ["-0.5", "-0.5"],
    ["1.5e3", "1500"],
    ["15E-1", "1.5"],
    ["1e-3", "0.001"],
    ["-2.25e+1", "-22.5"],
  ])("of %s is %s", (text, plain) => {
    expect(plainDecimal(text)).toBe(plain);
  });

  it.each(["", "1,000", "12.", ".5", "+1", "0x10", "1e400", "NaN", "1 000"])(
    "is none of %s",
    (text) => {
      expect(plainDecimal(text)).toBeNull();
    },
  );
});

describe("a decimal that is rounded", () => {
  it.each([
    ["94.33999999", 2, 9_434],
    ["5.660377", 2, 566],
    ["0.005", 2, 1],
    ["0.00499999999999", 2, 0],
    ["-0.005", 2, -1],
    ["-12.50", 2, -1_250],
    ["100", 0, 100],
    ["0.5", 0, 1],
    ["9999999999.999", 3, 9_999_999_999_999],
    ["1.25", 4, 12_500],
  ])("%s with %i digits behind the point is %i", (text, scale, value) => {
    expect(roundDecimal(text, scale)).toBe(value);
  });
});
