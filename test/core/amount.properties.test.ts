import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Rounding } from "../../src/core/amount.ts";
import {
  divide,
  formatDecimal,
  formatShortDecimal,
  MAX_RATE,
  parseDecimal,
  parseRate,
  RATE_SCALE,
} from "../../src/core/amount.ts";

const values = fc.maxSafeInteger();
const scales = fc.integer({ min: 0, max: 6 });

describe("any amount", () => {
  it("is read back from its text, long or short", () => {
    fc.assert(
      fc.property(values, scales, (value, scale) => {
        const steps = value === 0 ? 0 : value;
        expect(parseDecimal(formatDecimal(steps, scale), scale)).toBe(steps);
        expect(parseDecimal(formatShortDecimal(steps, scale), scale)).toBe(steps);
      }),
      { numRuns: 1_000 },
    );
  });

  it("keeps its value when zeros are written around it", () => {
    const zeros = fc.integer({ min: 0, max: 3 }).map((count) => "0".repeat(count));
    const amounts = fc.integer({ min: 0, max: 10 ** 9 });
    fc.assert(
      fc.property(amounts, zeros, zeros, (value, before, behind) => {
        expect(parseDecimal(before + formatDecimal(value, 2) + behind, 2)).toBe(value);
      }),
    );
  });

  it("orders like its text", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (one, other) => {
        const [left, right] = [formatDecimal(one, 2), formatDecimal(other, 2)];
        expect(Number(left) < Number(right)).toBe(one < other);
      }),
    );
  });

  it("is refused as text where a digit is lost", () => {
    const digits = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(fc.nat(), scales, digits, (value, scale, lost) => {
        const text = formatDecimal(value, scale);
        const longer = scale === 0 ? `${text}.${lost}` : `${text}${lost}`;
        expect(parseDecimal(longer, scale)).toBeNull();
      }),
    );
  });
});

describe("any text", () => {
  it("is either refused or read as a safe integer, and written back as what it says", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(..."0123456789.-+eE "), maxLength: 20 }),
    );
    fc.assert(
      fc.property(texts, scales, (text, scale) => {
        const value = parseDecimal(text, scale);
        if (value === null) return;
        expect(Number.isSafeInteger(value)).toBe(true);
        expect(Number(formatDecimal(value, scale))).toBe(Number(text) + 0);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is a rate only from 0 to the largest", () => {
    const limit = MAX_RATE * 10 ** RATE_SCALE;
    fc.assert(
      fc.property(fc.integer({ min: -limit, max: 2 * limit }), (steps) => {
        const rate = parseRate(formatDecimal(steps, RATE_SCALE));
        expect(rate).toBe(steps >= 0 && steps <= limit ? Math.abs(steps) : null);
      }),
    );
  });
});

describe("any division", () => {
  const dividends = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
  const small = fc.bigInt({ min: -100n, max: 100n });
  const divisors = fc.oneof(
    fc.bigInt({ min: 1n, max: 12n }),
    fc.bigInt({ min: 1n, max: 10n ** 20n }),
  );
  const pairs = fc.tuple(fc.oneof(dividends, small), divisors);

  /** Twice the distance from the quotient to the exact value, in parts of the divisor. */
  const twiceOff = (dividend: bigint, divisor: bigint, rounding: Rounding): bigint =>
    2n * (dividend - divide(dividend, divisor, rounding) * divisor);

  it("by floor is the largest integer that is not above", () => {
    fc.assert(
      fc.property(pairs, ([dividend, divisor]) => {
        const off = twiceOff(dividend, divisor, "floor");
        expect(off >= 0n && off < 2n * divisor).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("by ceil is the smallest integer that is not below", () => {
    fc.assert(
      fc.property(pairs, ([dividend, divisor]) => {
        const off = twiceOff(dividend, divisor, "ceil");
        expect(off <= 0n && off > -2n * divisor).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("by half_up is the nearest integer, of two the one farther from 0", () => {
    fc.assert(
      fc.property(pairs, ([dividend, divisor]) => {
        const off = twiceOff(dividend, divisor, "half_up");
        const nearest = off > -divisor && off < divisor;
        const half = dividend > 0n ? off === -divisor : off === divisor;
        expect(nearest || half).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
