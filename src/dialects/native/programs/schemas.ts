import * as z from "zod";
import { ROUNDINGS } from "../../../core/amount.ts";
import { MAX_CATEGORY, MAX_TIERS, MAX_UNITS } from "../../../core/program/definition.ts";
import { MAX_SERIES_KEY, MAX_SKU } from "../../../core/program/grants.ts";
import { GRANT_PERS } from "../../../core/program/program.ts";
import { date, decimal, MAX_TEXT, name } from "../schemas.ts";

/** Longer ones are refused where the programme is defined, in words. */
const MAX_CODE = 255;

const expiry = z.strictObject({ days: z.int().optional(), date: date.optional() });
const per = z.enum(GRANT_PERS).optional();
const skuGrants = z.strictObject({
  stamps: z.strictObject({ amount: decimal, per }).optional(),
  vouchers: z
    .array(
      z.strictObject({ series: z.string().max(MAX_SERIES_KEY), count: z.int().optional(), per }),
    )
    .optional(),
});

/** `POST /programs` */
export const programSchema = z.strictObject({
  name,
  earning: z.strictObject({
    rate: decimal,
    rounding: z.enum(ROUNDINGS).optional(),
    step: decimal.optional(),
    categories: z.record(z.string().max(MAX_CATEGORY), decimal).optional(),
  }),
  redemption: z
    .strictObject({ rate: decimal, unique_references: z.boolean().optional() })
    .optional(),
  expiry: expiry.optional(),
  tiers: z
    .array(
      z.strictObject({
        name,
        from: decimal,
        multiplier: decimal.optional(),
        benefits: z.array(z.string().max(MAX_TEXT)).max(50).optional(),
        priority_service: z.boolean().optional(),
      }),
    )
    .max(MAX_TIERS)
    .optional(),
  allow_debt: z.boolean().optional(),
  grants: z
    .strictObject({
      stamps: z
        .strictObject({ per_bill: decimal.optional(), expiry: expiry.optional() })
        .optional(),
      skus: z.record(z.string().max(MAX_SKU), skuGrants).optional(),
    })
    .optional(),
  units: z
    .array(z.strictObject({ code: z.string().max(MAX_CODE), name, scale: z.int() }))
    .max(MAX_UNITS)
    .optional(),
});
