import type * as z from "zod";
import {
  currencyScale,
  formatDecimal,
  formatShortDecimal,
  MAX_AMOUNT,
  parseDecimal,
  parseRate,
  RATE_SCALE,
} from "../../../core/amount.ts";
import type { LoyaltyError } from "../../../core/errors.ts";
import { invalid } from "../../../core/errors.ts";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import type {
  CustomerTypeInput,
  CustomerTypeRow,
} from "../../../services/customers/customer-type.ts";
import { stampTexts } from "../mapping.ts";
import type { customerTypeAnswer } from "./answers.ts";
import type { customerTypeSchema } from "./schemas.ts";

/** Hundredths of a percent. */
const PERCENT_SCALE = 2;
const MAX_PERCENT = 10_000;
const WHOLE = 10 ** RATE_SCALE;

/** A customer type for the service; what its columns cannot hold is a fault. */
export function toTypeInput(
  wire: z.output<typeof customerTypeSchema>,
  currency: string,
): Result<CustomerTypeInput, LoyaltyError> {
  const { number = null, name, active } = wire;
  const discount = parseDecimal(wire.discount_percent, PERCENT_SCALE);
  if (discount === null || discount > MAX_PERCENT) {
    const detail = `must be at most 100, with ${PERCENT_SCALE} digits behind the point`;
    return invalid("/discount_percent", "invalid", detail);
  }
  const scale = currencyScale(currency);
  const earnAmount = wire.earn_amount === null ? null : parseDecimal(wire.earn_amount, scale);
  if (wire.earn_amount !== null && !isWithin(earnAmount, MAX_AMOUNT)) {
    const detail = `must be more than 0, with at most ${scale} digits behind the point`;
    return invalid("/earn_amount", "invalid", detail);
  }
  const pointsPerUnit = wire.points_per_unit === null ? null : parseRate(wire.points_per_unit);
  const isWhole = pointsPerUnit !== null && pointsPerUnit > 0 && pointsPerUnit % WHOLE === 0;
  if (wire.points_per_unit !== null && !isWhole) {
    return invalid("/points_per_unit", "invalid", "must be a whole number from 1 to 1000000");
  }
  return ok({ number, name, discount, earnAmount, pointsPerUnit, active });
}

function isWithin(amount: number | null, most: number): boolean {
  return amount !== null && amount > 0 && amount <= most;
}

export function typeBody(
  row: CustomerTypeRow,
  currency: string,
): z.input<typeof customerTypeAnswer> {
  const { id, number, name, discount, earnAmount, pointsPerUnit, active } = row;
  return {
    id,
    object: "customer_type",
    number,
    name,
    discount_percent: formatDecimal(discount, PERCENT_SCALE),
    earn_amount: earnAmount === null ? null : formatDecimal(earnAmount, currencyScale(currency)),
    points_per_unit: pointsPerUnit === null ? null : formatShortDecimal(pointsPerUnit, RATE_SCALE),
    active,
    ...stampTexts(row),
  };
}
