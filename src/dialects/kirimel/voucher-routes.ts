import type { Hono } from "hono";
import type * as z from "zod";
import { invalid, notFound } from "../../core/errors.ts";
import { ok } from "../../core/result.ts";
import type { HttpEnv } from "../../http/request.ts";
import { dayOf } from "../../services/calendar.ts";
import type { Context } from "../../services/context.ts";
import { createGroup } from "../../services/merchants/groups.ts";
import { createSite } from "../../services/merchants/sites.ts";
import { createSeries, getSeries, listSeriesPage } from "../../services/vouchers/series.ts";
import { getVoucher, issueVoucher, redeemVoucher } from "../../services/vouchers/vouchers.ts";
import type { Answer } from "./calls.ts";
import { handle } from "./calls.ts";
import { dataBody, fromWireMoney } from "./mapping.ts";
import { batchesSchema } from "./schemas.ts";
import {
  batchBody,
  batchLine,
  groupBody,
  issuedData,
  KINDS,
  redemptionBody,
  siteBody,
  voucherData,
} from "./voucher-mapping.ts";
import {
  batchSchema,
  groupSchema,
  issueSchema,
  redeemVoucherSchema,
  siteSchema,
  voucherSchema,
} from "./voucher-schemas.ts";

/** The group with its sites, and vouchers. */
export function voucherRoutes(app: Hono<HttpEnv>): void {
  const write = "write:vouchers";
  const batch = handle({ access: "write", scope: write, schema: batchSchema, act: createBatch });
  app.post(
    "/group/create",
    handle({ access: "write", scope: "write:merchants", schema: groupSchema, act: group }),
  );
  app.post(
    "/group/sites/add",
    handle({ access: "write", scope: "write:sites", schema: siteSchema, act: addSite }),
  );
  app.post("/vouchers/batches/create", batch);
  app.post("/vouchers/batches", batch);
  app.get(
    "/vouchers/batches",
    handle({ access: "read", scope: "read:vouchers", schema: batchesSchema, act: batches }),
  );
  app.post(
    "/vouchers/redeem",
    handle({ access: "write", scope: write, schema: redeemVoucherSchema, act: redeem }),
  );
  app.post(
    "/vouchers/issue",
    handle({ access: "write", scope: write, schema: issueSchema, act: issue }),
  );
  app.get(
    "/vouchers/:code",
    handle({ access: "read", scope: "read:vouchers", schema: voucherSchema, act: get }),
  );
}

async function group(ctx: Context, wire: z.output<typeof groupSchema>): Answer {
  const created = await createGroup(ctx, {
    slug: wire.company_slug,
    name: wire.company_name,
    businessType: wire.business_type,
    named: wire.customer_id ?? null,
  });
  return created.ok ? ok(groupBody(created.value)) : created;
}

async function addSite(ctx: Context, wire: z.output<typeof siteSchema>): Answer {
  const { address, city, state, postal_code, phone } = wire;
  const given = Object.entries({ address, city, state, postal_code, phone });
  const known = given.filter((entry): entry is [string, string] => entry[1] !== undefined);
  const site = {
    code: wire.site_code,
    name: wire.site_name,
    kind: wire.site_type,
    address: Object.fromEntries(known),
    number: null,
  };
  const added = await createSite(ctx, site, wire.customer_id ?? null);
  return added.ok ? ok(siteBody(added.value)) : added;
}

async function createBatch(ctx: Context, wire: z.output<typeof batchSchema>): Answer {
  const { currency, timeZone } = ctx.principal.merchant;
  const money = (amount: number | undefined): number | null =>
    amount === undefined ? null : fromWireMoney(amount, currency);
  const validFrom = wire.valid_from ?? dayOf(ctx.now, timeZone);
  const validUntil = wire.valid_until ?? null;
  if (validUntil !== null && validUntil < validFrom) {
    return invalid("/valid_until", "invalid", "must not be before valid_from");
  }
  const kind = KINDS[wire.type];
  const value = kind === "percent" ? wire.value : fromWireMoney(wire.value, currency);
  const made = await createSeries(ctx, {
    name: wire.name,
    source: null,
    customer: null,
    terms: {
      kind,
      value,
      minPurchase: money(wire.min_purchase),
      maxDiscount: money(wire.max_discount),
      validFrom,
      validUntil,
    },
    codes: { quantity: wire.quantity },
    named: wire.customer_id ?? null,
  });
  return made.ok ? ok(batchBody(made.value)) : made;
}

async function batches(ctx: Context, wire: z.output<typeof batchesSchema>): Answer {
  const { page, per_page } = wire;
  const { currency } = ctx.principal.merchant;
  const { rows, total } = await listSeriesPage(ctx, per_page, (page - 1) * per_page);
  const lines = rows.map((row) => batchLine(row, currency));
  return ok(dataBody({ batches: lines, page, per_page, total }));
}

async function redeem(ctx: Context, wire: z.output<typeof redeemVoucherSchema>): Answer {
  const { code, customer_id: customer, purchase_amount: amount, reference_id: reference } = wire;
  if (customer === null) return notFound("customer");
  const { currency } = ctx.principal.merchant;
  const redeemed = await redeemVoucher(ctx, {
    code,
    customer,
    purchase: amount === undefined ? null : fromWireMoney(amount, currency),
    reference: reference ?? null,
  });
  return redeemed.ok ? ok(redemptionBody(redeemed.value, currency)) : redeemed;
}

async function issue(ctx: Context, wire: z.output<typeof issueSchema>): Answer {
  const { batch_id: batch, customer_id: customer, delivered_via: via } = wire;
  if (customer === null) return notFound("customer");
  if (batch === null) return notFound("voucher_series");
  const series = await getSeries(ctx, batch);
  if (!series.ok) return series;
  const issued = await issueVoucher(ctx, {
    seriesId: series.value.id,
    customer,
    reference: wire.reference_id ?? null,
    deliveredVia: via ?? null,
  });
  return issued.ok ? ok(dataBody(issuedData(issued.value, customer))) : issued;
}

async function get(ctx: Context, wire: z.output<typeof voucherSchema>): Answer {
  const found = await getVoucher(ctx, wire.code);
  return found.ok ? ok(dataBody(voucherData(ctx, found.value))) : found;
}
