import type { Hono } from "hono";
import type * as z from "zod";
import type { LoyaltyError } from "../../core/errors.ts";
import { invalid } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { HttpEnv } from "../../http/request.ts";
import { callerNumber } from "../../services/access/staff.ts";
import type { Context } from "../../services/context.ts";
import { getSiteByNumber, siteOfNumber } from "../../services/merchants/sites.ts";
import type { InvoiceRecord } from "../../services/purchases/invoices.ts";
import {
  countInvoiceWindow,
  createInvoice,
  getInvoice,
  listInvoiceWindow,
  voidInvoice,
} from "../../services/purchases/invoices.ts";
import type { Answer } from "./calls.ts";
import { handle } from "./calls.ts";
import { COUNT } from "./customer-mapping.ts";
import { INVOICE, toInvoiceInput, visible } from "./invoice-mapping.ts";
import {
  invoiceListSchema,
  invoiceSchema,
  readInvoice,
  readInvoiceQuery,
  voidSchema,
} from "./invoice-schemas.ts";
import type { Content } from "../../http/documents.ts";
import { many, one } from "../../http/documents.ts";
import { resource } from "./resources.ts";
import { noFields, readQuery, sliceOf, windowOf } from "./schemas.ts";

/** Invoices: they earn, and cannot be changed but voided. */
export function invoiceRoutes(app: Hono<HttpEnv>): void {
  resource(app, "/invoices", {
    GET: handle({
      scope: "read:customers",
      read: readInvoiceQuery,
      schema: invoiceListSchema,
      act: list,
    }),
    POST: handle({
      scope: "write:transactions",
      read: readInvoice,
      schema: invoiceSchema,
      success: 201,
      act: create,
    }),
  });
  resource(app, "/invoices/:id", {
    GET: handle({
      scope: "read:customers",
      read: readQuery,
      schema: noFields,
      act: async (ctx, _wire, id) => show(ctx, await getInvoice(ctx, id)),
    }),
    DELETE: handle({
      scope: "write:transactions",
      read: readQuery,
      schema: voidSchema,
      act: async (ctx, { reason = null }, id) => show(ctx, await voidInvoice(ctx, id, reason)),
    }),
  });
}

async function create(ctx: Context, wire: z.output<typeof invoiceSchema>): Answer {
  const site = await siteOfNumber(ctx, wire.branch_id ?? null);
  if (!site.ok) return site;
  const place = { siteId: site.value, owner: await callerNumber(ctx) };
  const input = toInvoiceInput(wire, place, ctx.principal.merchant.currency);
  return input.ok ? show(ctx, await createInvoice(ctx, input.value)) : input;
}

async function list(ctx: Context, wire: z.output<typeof invoiceListSchema>): Answer {
  const { branch_id: branch, reference = null, q } = wire;
  const site = branch === undefined ? ok(null) : await getSiteByNumber(ctx, branch);
  if (!site.ok) return site;
  const window = { ...windowOf(wire), siteId: site.value?.id ?? null, reference };
  switch (q) {
    case undefined: {
      const found = await listInvoiceWindow(ctx, window, sliceOf(wire));
      const invoices = found.map((record) => visible(ctx, record));
      return ok(many(INVOICE, invoices));
    }
    case "count":
      return ok(one(COUNT, { count: await countInvoiceWindow(ctx, window) }));
    default:
      return invalid("", "invalid", "q is not supported");
  }
}

function show(
  ctx: Context,
  result: Result<InvoiceRecord, LoyaltyError>,
): Result<Content, LoyaltyError> {
  return result.ok ? ok(one(INVOICE, visible(ctx, result.value))) : result;
}
