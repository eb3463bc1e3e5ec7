import * as z from "zod";
import {
  currencyScale,
  divide,
  formatDecimal,
  POINT_SCALE,
  WHOLE_POINT,
} from "../../core/amount.ts";

declare global {
  /** A literal that is written as it stands (ECMAScript 2026, JSON.parse source text access). */
  interface JSON {
    rawJSON(text: string): unknown;
  }
}

/** Whole points on the wire to smallest steps. */
export function fromWholePoints(points: number): number {
  return points * WHOLE_POINT;
}

/** Smallest steps to whole points; what is less than a point is not shown. */
export function wholePoints(steps: number): number {
  return Math.floor(steps / WHOLE_POINT);
}

/** Smallest steps to whole points, rounded up: what is still missing. */
export function wholePointsUp(steps: number): number {
  return Math.ceil(steps / WHOLE_POINT);
}

/** Signed whole points; a part of a point is cut off on either side of 0. */
export function pointsDelta(steps: number): number {
  return Math.trunc(steps / WHOLE_POINT) + 0;
}

/** Decimals of points in dialects that know parts of a point. */
const SHOWN_POINT_SCALE = 2;
const SHOWN_POINT_STEP = 10 ** (POINT_SCALE - SHOWN_POINT_SCALE);

/** Smallest steps to points with two decimals; what is less than a hundredth is not shown. */
export function pointsText(steps: number): string {
  return formatDecimal(Math.floor(steps / SHOWN_POINT_STEP) + 0, SHOWN_POINT_SCALE);
}

/** Points of the wire, a plain decimal text, in smallest steps: rounded half up to a hundredth. */
export function pointsOf(plain: string): number {
  return roundDecimal(plain, SHOWN_POINT_SCALE) * SHOWN_POINT_STEP;
}

/** Decimals of money in answers of dialects that show hundredths at most. */
const SHOWN_SCALE = 2;

/** Money as a JSON number with the decimals of its currency, at most two. */
export function moneyNumber(amount: number | null, currency: string): unknown {
  if (amount === null) return null;
  const scale = currencyScale(currency);
  const places = Math.min(scale, SHOWN_SCALE);
  const cut = divide(BigInt(amount), 10n ** BigInt(scale - places), "half_up");
  return JSON.rawJSON(formatDecimal(Number(cut), places));
}

const NUMBER = /^(-?)(\d{1,16})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,2}))?$/i;

/** A number's text without an exponent (`1.5e3` is `1500`), exactly; null when it is no number. */
export function plainDecimal(text: string): string | null {
  const match = NUMBER.exec(text);
  if (match === null) return null;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = digits.padStart(digits.length - Math.min(point, 1) + 1, "0");
  const moved = Math.max(point, 1);
  const left = padded.slice(0, moved).padEnd(moved, "0");
  const right = padded.slice(moved);
  return sign + left + (right === "" ? "" : `.${right}`);
}

/** What is wrong with a text that {@link plainDecimal} does not read. */
export function decimalFault(text: string): string {
  if (/^-?\.\d+$/.test(text)) return "must have a digit before the point";
  const isLong = /^-?\d{17,}(?:\.\d*)?$|^-?\d+(?:\.\d+)?e\+?\d{3,}$/i.test(text);
  return isLong ? "is too large" : "is not a number";
}

/** A plain decimal text as an integer with `scale` digits behind the point, rounded half up. */
export function roundDecimal(plain: string, scale: number): number {
  const [whole = "", fraction = ""] = plain.split(".");
  const exact = BigInt(whole + fraction) * 10n ** BigInt(scale);
  return Number(divide(exact, 10n ** BigInt(fraction.length), "half_up"));
}

/**
 * Money of the wire, a plain decimal text, in the currency's smallest unit: what is finer, like the
 * noise of a till's floats, is rounded half up.
 */
export function moneyOf(plain: string, currency: string): number {
  return roundDecimal(plain, currencyScale(currency));
}

/** A number without a part of a whole (`50`, `50.0`, `5e1`) as an integer; null if it is none. */
export function parseWhole(text: string): number | null {
  const plain = plainDecimal(text);
  if (plain === null || /\.\d*[1-9]/.test(plain)) return null;
  const value = roundDecimal(plain, 0);
  return Number.isSafeInteger(value) ? value : null;
}

/** A number of an answer that is written with its exact digits (`JSON.rawJSON`). */
export const exactNumber = z.unknown().meta({ type: "number" });
