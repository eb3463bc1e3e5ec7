import type { Hono } from "hono";
import type * as z from "zod";
import {
  currencyScale,
  formatDecimal,
  formatShortDecimal,
  MAX_AMOUNT,
  parseDecimal,
  parseRate,
  RATE_SCALE,
} from "../../core/amount.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { invalid } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { HttpEnv } from "../../http/request.ts";
import type { CustomerTypeInput, CustomerTypeRow } from "../../services/customers/customer-type.ts";
import { createCustomerType, pageCustomerTypes } from "../../services/customers/customer-type.ts";
import { create, list, mapped } from "./calls.ts";
import { customerTypeSchema } from "./customer-type-schemas.ts";
import type { Body } from "./mapping.ts";
import { fromPage, stamps } from "./mapping.ts";

/** Customer types: groups of customers with earning and spending rules of their own. */
export function customerTypeRoutes(app: Hono<HttpEnv>): void {
  app.post("/customer_types", (http) =>
    create(http, "write:programs", customerTypeSchema, async (ctx, wire) => {
      const { currency } = ctx.principal.merchant;
      const input = toInput(wire, currency);
      if (!input.ok) return input;
      return mapped(await createCustomerType(ctx, input.value), (row) => fromType(row, currency));
    }),
  );
  app.get("/customer_types", (http) =>
    list(http, "read:programs", async (ctx, limit, before) =>
      fromPage(await pageCustomerTypes(ctx, limit, before), (row) =>
        fromType(row, ctx.principal.merchant.currency),
      ),
    ),
  );
}

/** Hundredths of a percent. */
const PERCENT_SCALE = 2;
const MAX_PERCENT = 10_000;
const WHOLE = 10 ** RATE_SCALE;

/** A customer type for the service; what its columns cannot hold is a fault. */
function toInput(
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

function fromType(row: CustomerTypeRow, currency: string): Body {
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
    ...stamps(row),
  };
}
