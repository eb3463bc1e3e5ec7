import type * as z from "zod";
import { currencyScale, formatDecimal } from "../../../core/amount.ts";
import type { LoyaltyError } from "../../../core/errors.ts";
import { invalid } from "../../../core/errors.ts";
import type { BillLine } from "../../../core/ledger/entries.ts";
import { QUANTITY_SCALE } from "../../../core/ledger/entries.ts";
import { lineTotal, PRICE_SCALE, pieceTotal, totalOf } from "../../../core/purchases/pricing.ts";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import type { Field, Resource } from "../../../http/documents.ts";
import { listOf } from "../../../http/documents.ts";
import { pointsText, roundDecimal } from "../../../http/wire/amounts.ts";
import type { Context } from "../../../services/context.ts";
import { hidesPersonalData, maskWords } from "../../../services/customers/masking.ts";
import type { InvoiceInput, InvoiceRecord } from "../../../services/purchases/invoices.ts";
import { documentOf } from "../../../services/purchases/invoices.ts";
import type { invoiceSchema } from "./schemas.ts";
import { parseDiscount } from "./schemas.ts";

type WireInvoice = z.output<typeof invoiceSchema>;

/** What is shown of an invoice again; amounts are decimal texts. */
type Shown = {
  readonly userNumber: number | null;
  readonly salesmanNumber: number | null;
  readonly remark: string | null;
  readonly taxInclusive: boolean;
  readonly lines: readonly ShownLine[];
  readonly payments: readonly ShownPayment[];
  readonly taxRates: readonly ShownTaxRate[];
};

type ShownLine = {
  readonly lineNo: number;
  readonly productId: string | null;
  readonly productName: string | null;
  readonly stockNo: string | null;
  readonly quantity: string;
  readonly retailPrice: string;
  /** Of one piece after the discount. */
  readonly price: string;
  readonly discountText: string | null;
  readonly subtotal: string;
};

type ShownPayment = {
  readonly amount: string;
  readonly typeNumber: number | null;
  readonly tender: string;
};

type ShownTaxRate = {
  readonly id: string | null;
  readonly amount: string;
  readonly rate: string | null;
};

/** A line with what it comes to. */
interface TotalledLine {
  readonly line: WireInvoice["invoice_lines"][number];
  readonly total: number;
}

/** What the service needs to know of an invoice besides what it says. */
export interface InvoicePlace {
  readonly siteId: string | null;
  /** Number of the token's owner, who is the cashier if nobody is named. */
  readonly owner: number | null;
}

/**
 * An invoice for the service: its amount is the sum of its lines, each rounded once, and of its
 * taxes where the prices do not have them. `validation_failed` for what cannot be reckoned with.
 */
export function toInvoiceInput(
  wire: WireInvoice,
  { siteId, owner }: InvoicePlace,
  currency: string,
): Result<InvoiceInput, LoyaltyError> {
  const totalled = totalLines(wire, currency);
  if (!totalled.ok) return totalled;
  const scale = currencyScale(currency);
  const money = (text: string): number => roundDecimal(text, scale);
  const taxes = wire.tax_inclusive ? [] : wire.invoice_tax_rates.map(({ amount }) => money(amount));
  const amount = totalOf([...totalled.value.map(({ total }) => total), ...taxes]);
  const withPoints = wire.payments.filter(isWithPoints).map((payment) => money(payment.amount));
  const paidWithPoints = totalOf(withPoints);
  if (amount === null || paidWithPoints === null) {
    return invalid("/amount", "too_large", "is too large");
  }
  return ok({
    reference: wire.reference ?? null,
    customer: toCustomer(wire),
    siteId,
    amount,
    paidWithPoints,
    lines: totalled.value.map(toBillLine),
    invoicedAt: wire.invoice_date ?? null,
    shown: toShown(wire, { totalled: totalled.value, amount, owner, currency }),
  });
}

function totalLines(wire: WireInvoice, currency: string): Result<TotalledLine[], LoyaltyError> {
  const totalled: TotalledLine[] = [];
  for (const [i, line] of wire.invoice_lines.entries()) {
    const { discount_text: text, quantity, retail_price: price } = line;
    const discount = text === undefined ? null : parseDiscount(text, currencyScale(currency));
    const pointer = `/invoice_lines/${i}`;
    if (text !== undefined && discount === null) {
      return invalid(`${pointer}/discount_text`, "invalid", "is invalid");
    }
    const total = lineTotal({ quantity, price, discount }, currency);
    if (total === null) return invalid(`${pointer}/subtotal`, "too_large", "is too large");
    totalled.push({ line, total });
  }
  return ok(totalled);
}

/** What tills call a payment with points. Numbers of payment types are each account's own. */
const POINTS: readonly string[] = ["point", "points", "reward", "rewards", "reward points"];

function isWithPoints(payment: WireInvoice["payments"][number]): boolean {
  return POINTS.includes(payment.payment_type_name?.trim().toLowerCase() ?? "");
}

const NUMBER = /^\d{1,12}$/;

/** A number beats a name, even one that nobody has. */
function toCustomer({
  customer_id: number,
  customer_name: name,
}: WireInvoice): InvoiceInput["customer"] {
  if (number === undefined) return name === undefined ? null : { name: name.trim() };
  return NUMBER.test(number.trim()) ? { number: Number(number) } : null;
}

function toBillLine({ line, total }: TotalledLine): BillLine {
  const { product_stock_no: stockNo, product_id: id, product_name: name, quantity } = line;
  return {
    category: null,
    sku: stockNo ?? id ?? null,
    name: name ?? null,
    quantity,
    amount: total,
  };
}

interface Reckoned {
  readonly totalled: readonly TotalledLine[];
  readonly amount: number;
  readonly owner: number | null;
  readonly currency: string;
}

function toShown(wire: WireInvoice, { totalled, amount, owner, currency }: Reckoned): Shown {
  const scale = currencyScale(currency);
  const inFull = formatDecimal(amount, scale);
  const userNumber = wire.user_id ?? owner;
  const rounded = (text: string): string => formatDecimal(roundDecimal(text, scale), scale);
  const payments = wire.payments.map((payment) => ({
    amount: rounded(payment.amount),
    typeNumber: payment.payment_type_id ?? null,
    tender: rounded(payment.tender ?? payment.amount),
  }));
  return {
    userNumber,
    salesmanNumber: wire.salesman_id ?? userNumber,
    remark: wire.remark ?? null,
    taxInclusive: wire.tax_inclusive,
    lines: totalled.map(({ line, total }, i) => ({
      lineNo: i + 1,
      productId: line.product_id ?? null,
      productName: line.product_name ?? null,
      stockNo: line.product_stock_no ?? null,
      quantity: formatDecimal(line.quantity, QUANTITY_SCALE),
      retailPrice: formatDecimal(line.retail_price, PRICE_SCALE),
      price: formatDecimal(pieceTotal(total, line.quantity), scale),
      discountText: line.discount_text ?? null,
      subtotal: formatDecimal(total, scale),
    })),
    payments:
      payments.length > 0 ? payments : [{ amount: inFull, typeNumber: null, tender: inFull }],
    taxRates: wire.invoice_tax_rates.map((tax) => ({
      id: tax.tax_rate_id ?? null,
      amount: rounded(tax.amount),
      rate: tax.rate ?? null,
    })),
  };
}

/** An invoice with what its place in the account says of it. */
export interface ShownInvoice extends InvoiceRecord {
  readonly currency: string;
  /** What the till sent; nothing personal where the caller must not see it. */
  readonly shown: Shown;
}

/** An invoice as the caller may see it: a sandbox token sees no personal data. */
export function visible({ principal }: Context, record: InvoiceRecord): ShownInvoice {
  const { currency } = principal.merchant;
  const shown = documentOf(record.invoice).shown as Shown;
  if (!hidesPersonalData(principal)) return { ...record, currency, shown };
  const mask = (text: string | null): string | null => text && maskWords(text);
  const customerName = mask(record.customerName);
  return { ...record, currency, customerName, shown: { ...shown, remark: mask(shown.remark) } };
}

/** Ids of products are numbers; what is none is not told. */
const numberOf = (text: string | null): number | null =>
  text !== null && NUMBER.test(text) ? Number(text) : null;

const LINE: Resource<ShownLine> = {
  element: "invoice_line",
  list: "invoice_lines",
  fields: [
    { name: "line_no", kind: "integer", of: ({ lineNo }) => lineNo },
    { name: "product_id", kind: "integer", of: ({ productId }) => numberOf(productId) },
    { name: "product_name", kind: "text", of: ({ productName }) => productName },
    { name: "product_stock_no", kind: "text", of: ({ stockNo }) => stockNo },
    { name: "quantity", kind: "decimal", of: ({ quantity }) => quantity },
    { name: "retail_price", kind: "decimal", of: ({ retailPrice }) => retailPrice },
    { name: "price", kind: "decimal", of: ({ price }) => price },
    { name: "discount_text", kind: "text", of: ({ discountText }) => discountText },
    { name: "subtotal", kind: "decimal", of: ({ subtotal }) => subtotal },
  ],
};

const PAYMENT: Resource<ShownPayment> = {
  element: "payment",
  list: "payments",
  fields: [
    { name: "amount", kind: "decimal", of: ({ amount }) => amount },
    { name: "payment_type_id", kind: "integer", of: ({ typeNumber }) => typeNumber },
    { name: "tender", kind: "decimal", of: ({ tender }) => tender },
  ],
};

const TAX_RATE: Resource<ShownTaxRate> = {
  element: "invoice_tax_rate",
  list: "invoice_tax_rates",
  fields: [
    { name: "tax_rate_id", kind: "text", of: ({ id }) => id },
    { name: "amount", kind: "decimal", of: ({ amount }) => amount },
    { name: "rate", kind: "decimal", of: ({ rate }) => rate },
  ],
};

/** Digits of an invoice's number as it is printed. */
const PRINTED_DIGITS = 6;

const printed = (number: number): string => String(number).padStart(PRINTED_DIGITS, "0");

const moment = (
  name: string,
  column: "invoicedAt" | "createdAt" | "updatedAt",
): Field<ShownInvoice> => ({ name, kind: "moment", of: ({ invoice }) => invoice[column] });

/** An invoice as Imonggo shows it. */
export const INVOICE: Resource<ShownInvoice> = {
  element: "invoice",
  list: "invoices",
  fields: [
    { name: "id", kind: "integer", of: ({ invoice }) => invoice.number },
    { name: "invoice_no", kind: "text", of: ({ invoice }) => printed(invoice.number) },
    { name: "reference", kind: "text", of: ({ invoice }) => invoice.reference },
    moment("invoice_date", "invoicedAt"),
    { name: "status", kind: "text", of: ({ invoice }) => (invoice.voidedAt === null ? null : "V") },
    {
      name: "amount",
      kind: "decimal",
      of: ({ invoice, currency }) => formatDecimal(invoice.amount, currencyScale(currency)),
    },
    { name: "branch_id", kind: "integer", of: ({ siteNumber }) => siteNumber },
    { name: "customer_id", kind: "integer", of: ({ customerNumber }) => customerNumber },
    { name: "customer_name", kind: "text", of: ({ customerName }) => customerName },
    { name: "user_id", kind: "integer", of: ({ shown }) => shown.userNumber },
    { name: "salesman_id", kind: "integer", of: ({ shown }) => shown.salesmanNumber },
    { name: "remark", kind: "text", of: ({ shown }) => shown.remark },
    { name: "tax_inclusive", kind: "boolean", of: ({ shown }) => shown.taxInclusive },
    {
      name: "points_earned",
      kind: "decimal",
      of: ({ invoice }) => pointsText(invoice.pointsEarned ?? 0),
    },
    listOf("invoice_lines", LINE, ({ shown }) => shown.lines),
    listOf("payments", PAYMENT, ({ shown }) => shown.payments),
    listOf("invoice_tax_rates", TAX_RATE, ({ shown }) => shown.taxRates),
    moment("utc_created_at", "createdAt"),
    moment("utc_updated_at", "updatedAt"),
  ],
};
