import type * as z from "zod";
import type { LoyaltyError } from "../../../core/errors.ts";
import { invalid, STATUS_ERRORS } from "../../../core/errors.ts";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import type { BodyOf } from "../../../http/calls.ts";
import { either } from "../../../http/calls.ts";
import { callerNumber } from "../../../services/access/staff.ts";
import type { Context } from "../../../services/context.ts";
import { getSiteByNumber, siteOfNumber } from "../../../services/merchants/sites.ts";
import type { InvoiceRecord } from "../../../services/purchases/invoices.ts";
import {
  countInvoiceWindow,
  createInvoice,
  getInvoice,
  listInvoiceWindow,
  voidInvoice,
} from "../../../services/purchases/invoices.ts";
import { COUNT, many, one } from "../documents.ts";
import type { Outcome } from "../endpoints.ts";
import { call } from "../endpoints.ts";
import { readQuery } from "../fields.ts";
import { numberIn, paths } from "../paths.ts";
import { noFields, sliceOf, windowOf } from "../schemas.ts";
import type { ShownInvoice } from "./mapping.ts";
import { INVOICE, toInvoiceInput, visible } from "./mapping.ts";
import {
  invoiceListSchema,
  invoiceSchema,
  readInvoice,
  readInvoiceQuery,
  voidSchema,
} from "./schemas.ts";

const LIST = either({ invoices: many(INVOICE), count: one(COUNT) });

/** Invoices: they earn, and cannot be changed but voided. */
export const INVOICES = [
  call({
    method: "GET",
    path: paths("/invoices"),
    summary: "Lists invoices, or tells their number",
    scope: "read:customers",
    read: readInvoiceQuery,
    input: invoiceListSchema,
    answer: LIST,
    errors: ["not_found"],
    act: list,
  }),
  call({
    method: "POST",
    path: paths("/invoices"),
    summary: "Creates an invoice, which earns points",
    scope: "write:transactions",
    read: readInvoice,
    input: invoiceSchema,
    answer: one(INVOICE),
    status: 201,
    errors: [
      "not_found",
      ...STATUS_ERRORS,
      "site_required",
      "duplicate_bill",
      "insufficient_balance",
      "balance_limit",
      "customer_busy",
    ],
    act: create,
  }),
  call({
    method: "GET",
    path: paths("/invoices/:id"),
    summary: "Shows an invoice",
    scope: "read:customers",
    read: readQuery,
    input: noFields,
    answer: one(INVOICE),
    errors: ["not_found"],
    act: async (ctx, _wire, received) => show(ctx, await getInvoice(ctx, numberIn(received))),
  }),
  call({
    method: "DELETE",
    path: paths("/invoices/:id"),
    summary: "Voids an invoice: what it earned is taken back",
    scope: "write:transactions",
    read: readQuery,
    input: voidSchema,
    answer: one(INVOICE),
    errors: [
      "not_found",
      ...STATUS_ERRORS,
      "already_voided",
      "insufficient_balance",
      "balance_limit",
      "customer_busy",
    ],
    act: async (ctx, { reason = null }, received) =>
      show(ctx, await voidInvoice(ctx, numberIn(received), reason)),
  }),
];

async function create(ctx: Context, wire: z.output<typeof invoiceSchema>): Outcome<ShownInvoice> {
  const site = await siteOfNumber(ctx, wire.branch_id ?? null);
  if (!site.ok) return site;
  const place = { siteId: site.value, owner: await callerNumber(ctx) };
  const input = toInvoiceInput(wire, place, ctx.principal.merchant.currency);
  return input.ok ? show(ctx, await createInvoice(ctx, input.value)) : input;
}

async function list(
  ctx: Context,
  wire: z.output<typeof invoiceListSchema>,
): Outcome<BodyOf<typeof LIST>> {
  const { branch_id: branch, reference = null, q } = wire;
  const site = branch === undefined ? ok(null) : await getSiteByNumber(ctx, branch);
  if (!site.ok) return site;
  const window = {
    ...windowOf(wire, ctx.principal.merchant.timeZone),
    siteId: site.value?.id ?? null,
    reference,
  };
  switch (q) {
    case undefined: {
      const found = await listInvoiceWindow(ctx, window, sliceOf(wire));
      const invoices = found.map((record) => visible(ctx, record));
      return ok({ as: "invoices", body: invoices });
    }
    case "count":
      return ok({ as: "count", body: { count: await countInvoiceWindow(ctx, window) } });
    default:
      return invalid("", "invalid", "q is not supported");
  }
}

function show(
  ctx: Context,
  result: Result<InvoiceRecord, LoyaltyError>,
): Result<ShownInvoice, LoyaltyError> {
  return result.ok ? ok(visible(ctx, result.value)) : result;
}
