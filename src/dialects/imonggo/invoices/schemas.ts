import * as z from "zod";
import { MAX_BILL_LINES, QUANTITY_SCALE } from "../../../core/ledger/entries.ts";
import type { Discount } from "../../../core/purchases/pricing.ts";
import { PERCENT_SCALE, PRICE_SCALE } from "../../../core/purchases/pricing.ts";
import { decimalFault, plainDecimal, roundDecimal } from "../../../http/wire/amounts.ts";
import { isRecord } from "../../../http/wire/document.ts";
import { presentFields, text } from "../../../http/wire/fields.ts";
import type { Reader } from "../fields.ts";
import { readRecord } from "../fields.ts";
import { listField, listFields, momentField, switchField, wholeNumber } from "../schemas.ts";

/** Invoices of a page: at most, and if nothing is said. */
const MAX_PAGE = 250;
const USUAL_PAGE = 50;
/** Characters of a reference and of a product's name. */
const MAX_TEXT = 255;
/** Characters of a remark; what is more is cut. */
const MAX_REMARK = 500;
const MAX_PAYMENTS = 100;
const MAX_NUMBER = 999_999_999_999;
/** Digits behind the point that no currency exceeds. */
const MAX_MONEY_SCALE = 4;

/** The fields of a new invoice, without the empty ones; the branch may stand in the query. */
export const readInvoice: Reader = (sent) => {
  const fields = presentFields(readRecord("invoice")(sent));
  return { invoice_lines: [], ...fields, ...branchOf(presentFields(sent.query), fields) };
};

/** Some clients say `branch`. */
function branchOf(
  query: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, unknown>> = {},
): { readonly branch_id?: unknown } {
  const branch = query.branch_id ?? query.branch ?? fields.branch_id;
  return branch === undefined ? {} : { branch_id: branch };
}

/** The query of a call without a body. */
export const readInvoiceQuery: Reader = ({ query }) => {
  const fields = presentFields(query);
  return { ...fields, ...branchOf(fields) };
};

/** A decimal as an integer with `scale` digits behind the point; what is finer is rounded. */
const decimal = (scale: number) =>
  z.string({ error: "can't be blank" }).transform((value, issues) => {
    const plain = plainDecimal(value.trim());
    const read = plain === null ? Number.NaN : roundDecimal(plain, scale);
    if (Number.isSafeInteger(read)) return read;
    const message = plain === null ? decimalFault(value.trim()) : "is too large";
    issues.addIssue({ code: "custom", message });
    return z.NEVER;
  });

/** Money of the wire, as a plain decimal text: the currency gives it its scale. */
const money = z.string({ error: "can't be blank" }).transform((value, issues) => {
  const plain = plainDecimal(value.trim());
  const isBounded = plain !== null && Number.isSafeInteger(roundDecimal(plain, MAX_MONEY_SCALE));
  if (isBounded) return plain;
  const message = plain === null ? decimalFault(value.trim()) : "is too large";
  issues.addIssue({ code: "custom", message });
  return z.NEVER;
});

const PERCENT = /^(\d{1,3}(?:\.\d{1,4})?) *%$/;
const WHOLE = 100 * 10 ** PERCENT_SCALE;

/** A discount, in percent or in money; what is finer than money is rounded. */
export function parseDiscount(wire: string, scale: number): Discount | null {
  const [, percent] = PERCENT.exec(wire.trim()) ?? [];
  if (percent !== undefined) {
    const share = roundDecimal(percent, PERCENT_SCALE);
    return share > WHOLE ? null : { percent: share };
  }
  const plain = plainDecimal(wire.trim());
  const amount = plain === null ? Number.NaN : roundDecimal(plain, scale);
  return Number.isSafeInteger(amount) && amount >= 0 ? { amount } : null;
}

/** A record without its empty fields. */
const record = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (isRecord(value) ? presentFields(value) : value), schema);

/** A line; `product` stands for whatever of its names it has. */
const line = z.preprocess(
  (value) => {
    if (!isRecord(value)) return value;
    const { product_id: id, product_name: name, product_stock_no: stockNo } = presentFields(value);
    return { ...presentFields(value), product: id ?? name ?? stockNo };
  },
  z.object(
    {
      product: z.string({ error: "can't be blank" }),
      product_id: text(MAX_TEXT).optional(),
      product_name: text(MAX_TEXT).optional(),
      product_stock_no: text(MAX_TEXT).optional(),
      quantity: decimal(QUANTITY_SCALE),
      retail_price: decimal(PRICE_SCALE).refine((price) => price >= 0, "must not be negative"),
      discount_text: text(MAX_TEXT).optional(),
    },
    "is invalid",
  ),
);

const payment = record(
  z.object(
    {
      amount: money,
      tender: money.optional(),
      payment_type_id: wholeNumber(MAX_NUMBER).optional(),
      payment_type_name: text(MAX_TEXT).optional(),
    },
    "is invalid",
  ),
);

const taxRate = record(
  z.object(
    {
      tax_rate_id: text(MAX_TEXT).optional(),
      amount: money.default("0"),
      rate: money.optional(),
    },
    "is invalid",
  ),
);

const branchId = { branch_id: wholeNumber(MAX_NUMBER).optional() };
const person = wholeNumber(MAX_NUMBER).optional();

/** `POST /api/invoices` */
export const invoiceSchema = z.object({
  ...branchId,
  reference: text(MAX_TEXT).optional(),
  invoice_date: momentField.optional(),
  user_id: person,
  salesman_id: person,
  customer_id: text(MAX_TEXT).optional(),
  customer_name: text(MAX_TEXT).optional(),
  remark: z
    .string({ error: "is invalid" })
    .transform((value) => [...value].slice(0, MAX_REMARK).join(""))
    .optional(),
  tax_inclusive: switchField.default(true),
  invoice_lines: listField(line, MAX_BILL_LINES).refine(
    (lines) => lines.length > 0,
    "can't be blank",
  ),
  payments: listField(payment, MAX_PAYMENTS).default([]),
  invoice_tax_rates: listField(taxRate, MAX_PAYMENTS).default([]),
});

/** `GET /api/invoices` */
export const invoiceListSchema = z.object({
  ...branchId,
  ...listFields(MAX_PAGE, USUAL_PAGE),
  q: z.string().optional(),
  reference: z.string().optional(),
});

/** `DELETE /api/invoices/{id}`; the branch need not be told, as the invoice has one. */
export const voidSchema = z.object({
  reason: z
    .string()
    .transform((value) => [...value].slice(0, MAX_REMARK).join(""))
    .optional(),
});
