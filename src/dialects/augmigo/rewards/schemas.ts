import * as z from "zod";
import { BUILT_IN_UNITS } from "../../../core/amount.ts";
import { MAX_BILL_LINES, QUANTITY_SCALE } from "../../../core/ledger/entries.ts";
import { MAX_SKU } from "../../../core/program/grants.ts";
import { plainDecimal, roundDecimal } from "../../../http/wire/amounts.ts";
import { parseJson } from "../../../http/wire/body.ts";
import { presentFields, text } from "../../../http/wire/fields.ts";
import { isObject } from "../readers.ts";
import { dateTime, invoice, remarks, shortText } from "../schemas.ts";

/** Longest key of a prepaid programme. */
const MAX_PROGRAM_KEY = 255;
/** Longest number of guests. */
const MAX_COUNT = 10;

const CURRENCY_SIGN = /^\p{Sc}\s*/u;
/** Longer amounts are beyond what one command may move, whatever the currency. */
const IN_RANGE = /^-?0*\d{1,10}(?:\.|$)/;

/** A decimal as the wire writes it, without its currency sign; null when it is none. */
function parseAmount(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const plain = plainDecimal(value.trim().replace(CURRENCY_SIGN, ""));
  return plain !== null && IN_RANGE.test(plain) ? plain : null;
}

/** An amount that is not negative, as a plain decimal text: the unit gives it its scale. */
const amount = (name: string, fallback?: string) =>
  z
    .unknown()
    .optional()
    .transform((value = fallback, issues) => {
      const plain = parseAmount(value);
      if (plain !== null && !/^-.*[1-9]/.test(plain)) return plain.replace("-", "");
      const message = `${name} is ${value === undefined ? "required" : "not valid"}`;
      issues.addIssue({ code: "custom", message });
      return z.NEVER;
    });

/** An amount of a line: a discount may be negative. */
const lineAmount = z
  .unknown()
  .transform((value) => (value === undefined ? "0" : parseAmount(value)))
  .pipe(z.string());

const item = z.preprocess(
  (value) => (isObject(value) ? presentFields(value) : null),
  z.object({
    SKU: text(MAX_SKU).optional(),
    count: lineAmount.transform((count) => roundDecimal(count, QUANTITY_SCALE)).optional(),
    subtotal_sales_amt: lineAmount.optional(),
  }),
);

const details = z.object({
  purchased_items: z.preprocess(readJsonText, z.array(item).max(MAX_BILL_LINES)).optional(),
  pax_count: text(MAX_COUNT).optional(),
  pax_acount: text(MAX_COUNT).optional(),
});

/** A value of a form may be a JSON text; null when it is none. */
function readJsonText(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const json = parseJson(value);
  return json.ok ? json.value : null;
}

/** The lines of an invoice and how many were served. */
const invoiceDetails = z.unknown().transform((value, issues) => {
  const given = readJsonText(value);
  const parsed = details.safeParse(isObject(given) ? presentFields(given) : null);
  if (parsed.success) return parsed.data;
  issues.addIssue({ code: "custom", message: "Invoice Details is not valid" });
  return z.NEVER;
});

/** `POST …/give`. Faults are told in the order of the fields here. */
export const giveSchema = z.object({
  sales_amount: amount("Sales Amount"),
  tax_amount: amount("Tax Amount", "0"),
  remarks,
  transact_datetime: dateTime("Transact Datetime").optional(),
  invoice_id: invoice,
  invoice_details: invoiceDetails.optional(),
});

/** `POST …/point-redeem` and `…/prepaid-redeem` */
export const redeemSchema = z.object({
  redeem_amount: amount("Redeem amount"),
  invoice_id: invoice,
  remarks,
});

/** `POST …/prepaid-topup` */
export const topUpSchema = z.object({
  topup_amount: amount("Topup amount"),
  prepaid_program_key: shortText("Prepaid program key", MAX_PROGRAM_KEY).optional(),
  invoice_id: invoice,
  remarks,
});

/** `POST …/redeem` */
export const redeemAnySchema = z.object({
  reward_format: z.enum(BUILT_IN_UNITS, {
    error: ({ input }) => `Reward format is ${input === undefined ? "required" : "not valid"}`,
  }),
  reward_amount: amount("Reward amount"),
  invoice_id: invoice,
  remarks,
  redeem_datetime: dateTime("Redeem Datetime").optional(),
});
