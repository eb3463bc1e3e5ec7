import * as z from "zod";
import { MAX_AMOUNT } from "../../core/amount.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { MAX_BILL_LINES } from "../../core/ledger/entries.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { parseWhole, plainDecimal, roundDecimal } from "../../http/wire/amounts.ts";
import { decodeUtf8, looksLikeJson, parseForm, parseJson } from "../../http/wire/body.ts";
import type { Fields } from "../../http/wire/fields.ts";
import { presentFields, text } from "../../http/wire/fields.ts";
import { parseCustomer, parseMobile } from "./mapping.ts";

/** Bytes of a request body: a bill with all its lines. */
export const MAX_BODY_BYTES = 262_144;
/** Points that one call may spend. */
const MAX_POINTS = 1_000_000_000;
const MAX_NAME = 255;

/**
 * Reads a body's fields: JSON by its type or its first byte, or a form. A document that is no
 * object has no fields to read.
 */
export function readFields(bytes: Uint8Array, contentType: string): Result<Fields, LoyaltyError> {
  const source = decodeUtf8(bytes)?.replace(/^\uFEFF/, "");
  if (source === undefined) return err({ code: "invalid_json" });
  if (source.trim() === "") return ok({});
  const type = contentType.split(";")[0]?.trim().toLowerCase();
  const isForm = type === "application/x-www-form-urlencoded" && !looksLikeJson(source);
  if (isForm) return ok(presentFields(parseForm(source)));
  const parsed = parseJson(source);
  if (!parsed.ok) return parsed;
  return isObject(parsed.value) ? ok(presentFields(parsed.value)) : err({ code: "invalid_json" });
}

function isObject(value: unknown): value is Fields {
  const plain = typeof value === "object" && value !== null && !Array.isArray(value);
  return plain && Object.getPrototypeOf(value) === Object.prototype;
}

/** Decimals that the currencies have: an amount's limit is told in them. */
const MONEY_SCALE = 2;

/** Money, a number or a text that is one, as a plain decimal text: the currency scales it. */
const money = z
  .unknown()
  .optional()
  .transform((value, issues) => {
    const fail = (message: string): never => {
      issues.addIssue({ code: "custom", message });
      return z.NEVER;
    };
    if (value === undefined) return fail("is required");
    const plain = typeof value === "string" ? plainDecimal(value.trim()) : null;
    if (plain === null || /^-.*[1-9]/.test(plain)) return fail("must be a positive number");
    return roundDecimal(plain, MONEY_SCALE) > MAX_AMOUNT
      ? fail("is too large")
      : plain.replace("-", "");
  });

const mobile = text(MAX_NAME).transform((value, issues) => {
  const phone = parseMobile(value);
  if (phone !== null) return phone;
  issues.addIssue({ code: "custom", message: "Invalid mobile number" });
  return z.NEVER;
});

const blankless = (max: number) => text(max).transform((value) => value.trim() || null);
const name = blankless(MAX_NAME).nullable().default(null);

const YES = /^(true|1|yes)$/i;
const NO = /^(false|0|no)$/i;
const yes = z
  .unknown()
  .optional()
  .transform((value) => YES.test(String(value)));
const notNo = z
  .unknown()
  .optional()
  .transform((value) => !NO.test(String(value)));

/** `GET pos/customer` */
export const customerSchema = z.object({ mobile, create: yes, name });

/** Whom a body names: `customer_id` decides, and then the mobile is not looked at. */
const whom = {
  mobile: z.unknown().optional(),
  customer_id: z.unknown().optional(),
};

/** The customer that a body names; null for an id that nobody can have. */
function readWhom(
  fields: { readonly mobile?: unknown; readonly customer_id?: unknown },
  issues: z.core.$RefinementCtx,
): { readonly id: string | null } | { readonly phone: string } {
  const { customer_id: id, mobile: number } = fields;
  if (id !== undefined) return { id: typeof id === "string" ? parseCustomer(id) : null };
  const read = mobile.safeParse(number);
  if (read.success) return { phone: read.data };
  const given = number !== undefined;
  const message = given ? "Invalid mobile number" : "mobile or customer_id is required";
  issues.addIssue({ code: "custom", path: [], message, input: fields });
  return z.NEVER;
}

const line = z.preprocess(
  (value) => (isObject(value) ? presentFields(value) : null),
  z.object({ category: name, name, amount: money }, "must be an object"),
);

/** `POST pos/bill` */
export const billSchema = z
  .object({
    ...whom,
    amount: money,
    name,
    external_ref: text(MAX_NAME).optional(),
    create: notNo,
    items: z
      .array(line, "must be a list")
      .max(MAX_BILL_LINES, `must have at most ${MAX_BILL_LINES} lines`)
      .default([]),
  })
  .transform((fields, issues) => ({ ...fields, whom: readWhom(fields, issues) }));

/** `POST pos/coupon/redeem` */
export const couponSchema = z.object({
  code: text(MAX_NAME).refine((code) => code.trim() !== "", "is required"),
});

/** `POST pos/otp/send` */
export const otpSendSchema = z.object({
  mobile,
  purpose: z.enum(["redeem", "login"], "must be redeem or login").default("redeem"),
});

/** `POST pos/otp/verify` */
export const otpVerifySchema = z.object({ mobile, otp: text(MAX_NAME) });

/** `POST pos/points/redeem` */
export const pointsSchema = z
  .object({
    ...whom,
    points: text(MAX_NAME)
      .transform((wire) => parseWhole(wire) ?? 0)
      .pipe(
        z
          .number()
          .min(1, "must be a positive integer")
          .max(MAX_POINTS, `must be at most ${MAX_POINTS}`),
      ),
    otp: text(MAX_NAME),
    external_ref: text(MAX_NAME).optional(),
  })
  .transform((fields, issues) => ({ ...fields, whom: readWhom(fields, issues) }));
