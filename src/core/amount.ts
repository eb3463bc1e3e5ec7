/** The units that every programme has, in a fixed order. */
export const BUILT_IN_UNITS = ["point", "stamp", "prepaid"] as const;

/** See {@link BUILT_IN_UNITS}. */
export type BuiltInUnit = (typeof BUILT_IN_UNITS)[number];

/** A unit that a programme defines, by its code. */
export type OwnUnit = `own:${string}`;

/** What a wallet counts. */
export type Unit = BuiltInUnit | OwnUnit;

/** A unit of a programme's own. */
export interface UnitDefinition {
  /** What stands behind `own:`. */
  readonly code: string;
  /** As people call it. */
  readonly name: string;
  /** Digits behind the decimal point, 0 to 3. */
  readonly scale: number;
}

/** Whether it is one of the units that every programme has. */
export function isBuiltIn(unit: string): unit is BuiltInUnit {
  return (BUILT_IN_UNITS as readonly string[]).includes(unit);
}

/** The unit of that name, where there is one: built in, or one of `own`. */
export function unitNamed(name: string, own: readonly UnitDefinition[] = []): Unit | null {
  if (isBuiltIn(name)) return name;
  const defined = own.find(({ code }) => name === `own:${code}`);
  return defined === undefined ? null : `own:${defined.code}`;
}

/** The units of these that there are, the built-in ones first and then by their codes. */
export function inOrder(units: Iterable<Unit>): readonly Unit[] {
  const given = new Set(units);
  const own = [...given].filter((unit) => !isBuiltIn(unit)).sort();
  return [...BUILT_IN_UNITS.filter((unit) => given.has(unit)), ...own];
}

/** An amount of money in the currency's smallest unit. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** The largest amount that one command may move, in the unit's smallest step. */
export const MAX_AMOUNT = 10_000_000_000_000;

/** The largest balance or lifetime sum, in the smallest step: far below what a double holds. */
export const MAX_BALANCE = 1_000_000_000_000_000;

/** Digits behind the decimal point of a {@link Rate}. */
export const RATE_SCALE = 6;

/** The largest rate, as whole units: rates stay safe integers with {@link RATE_SCALE} digits. */
export const MAX_RATE = 1_000_000;

/**
 * How many of something per something else, as an integer with {@link RATE_SCALE} digits behind
 * the point: 1.5 is 1 500 000.
 */
export type Rate = number;

/** Every way to round. */
export const ROUNDINGS = ["floor", "half_up", "ceil"] as const;

/** How a computed amount becomes a whole number of steps. `half_up` rounds halves away from 0. */
export type Rounding = (typeof ROUNDINGS)[number];

/** Digits behind the decimal point of an amount of points. */
export const POINT_SCALE = 3;

/** A whole point, in its smallest step. */
export const WHOLE_POINT = 10 ** POINT_SCALE;

/** Digits of points that are written where a third would only be a zero. */
const WRITTEN_POINT_SCALE = 2;

/** ISO 4217 currencies whose smallest unit is not a hundredth. */
const CURRENCY_EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
};

/** Digits behind the decimal point of that currency's money (ISO 4217); 2 where not listed. */
export function currencyScale(currency: string): number {
  return CURRENCY_EXPONENTS[currency] ?? 2;
}

/**
 * Digits behind the decimal point of a unit: points 3, stamps 0, prepaid the currency's, and `own`
 * tells those of a programme. Throws for a unit that the programme does not have: an amount with
 * the wrong digits would be another amount.
 */
export function unitScale(
  unit: Unit,
  currency: string,
  own: readonly UnitDefinition[] = [],
): number {
  switch (unit) {
    case "point":
      return POINT_SCALE;
    case "stamp":
      return 0;
    case "prepaid":
      return currencyScale(currency);
    default: {
      const defined = own.find(({ code }) => unit === `own:${code}`);
      if (defined === undefined) throw new Error(`the programme has no unit ${unit}`);
      return defined.scale;
    }
  }
}

const DECIMAL = /^(-?)(\d{1,16})(?:\.(\d{1,12}))?$/;

/**
 * Reads a plain decimal text (`-12.50`) as an integer with `scale` digits behind the point.
 * Returns null for anything else: signs other than `-`, exponents, blanks, digits that the scale
 * cannot hold, or a value beyond the safe integers. Never goes through a float.
 */
export function parseDecimal(text: string, scale: number): number | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const [, sign = "", whole = "", fraction = ""] = match;
  if (/[1-9]/.test(fraction.slice(scale))) return null;
  const digits = whole + fraction.slice(0, scale).padEnd(scale, "0");
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) return null;
  return sign === "-" && value !== 0 ? -value : value;
}

/** Writes an integer with `scale` digits behind the point as a decimal text: 1250, 2 → `12.50`. */
export function formatDecimal(value: number, scale: number): string {
  const digits = String(Math.abs(value)).padStart(scale + 1, "0");
  const sign = value < 0 ? "-" : "";
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Like {@link formatDecimal}, without trailing zeros: 1250, 2 → `12.5` and 1200, 2 → `12`. */
export function formatShortDecimal(value: number, scale: number): string {
  const text = formatDecimal(value, scale);
  return scale === 0 ? text : text.replace(/\.?0+$/, "");
}

/**
 * An amount of a unit as programs read it: with all digits of its scale, but no third zero of
 * points (`12.50`, `26447.104`). See {@link unitScale} for `own`.
 */
export function unitText(
  amount: number,
  unit: Unit,
  currency: string,
  own: readonly UnitDefinition[] = [],
): string {
  const text = formatDecimal(amount, unitScale(unit, currency, own));
  if (unit !== "point" || !text.endsWith("0")) return text;
  return text.slice(0, WRITTEN_POINT_SCALE - POINT_SCALE);
}

/** Reads a decimal text as a {@link Rate}; null when it is no decimal, negative or too large. */
export function parseRate(text: string): Rate | null {
  const rate = parseDecimal(text, RATE_SCALE);
  return rate === null || rate < 0 || rate > MAX_RATE * 10 ** RATE_SCALE ? null : rate;
}

/** Divides two integers with the named rounding; exact, and for either sign of `dividend`. */
export function divide(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  if (rest === 0n) return quotient;
  const negative = rest < 0n;
  if (rounding === "floor") return negative ? quotient - 1n : quotient;
  if (rounding === "ceil") return negative ? quotient : quotient + 1n;
  const twice = (negative ? -rest : rest) * 2n;
  if (twice < divisor) return quotient;
  return negative ? quotient - 1n : quotient + 1n;
}

/**
 * Narrows an exact sum to a safe integer amount. Returns null beyond {@link MAX_AMOUNT}, so that
 * an absurd price becomes a clear error and never a wrong number.
 */
export function narrow(value: bigint): number | null {
  const limit = BigInt(MAX_AMOUNT);
  return value > limit || value < -limit ? null : Number(value);
}
