import type { Hono } from "hono";
import type * as z from "zod";
import { ok } from "../../core/result.ts";
import type { HttpEnv } from "../../http/request.ts";
import type { Context } from "../../services/context.ts";
import { resolveReferenceCode } from "../../services/customers/identity.ts";
import { redeemVouchers } from "../../services/vouchers/redemptions.ts";
import { getVoucherByCode } from "../../services/vouchers/vouchers.ts";
import type { Answer, PathParams } from "./calls.ts";
import { handle } from "./calls.ts";
import { readMoment, transactionText } from "./mapping.ts";
import { readRedemption, readRedemptionIfAny } from "./redemption-body.ts";
import { noFields, readQuery } from "./schemas.ts";
import { voucherBody } from "./voucher-mapping.ts";
import { readOrRedeemSchema, redemptionSchema } from "./voucher-schemas.ts";

/**
 * Reading vouchers and redeeming them. The documentation names one path for a redemption and its
 * sample another, which is that of a reading: there the body tells which it is.
 */
export function voucherRoutes(app: Hono<HttpEnv>): void {
  const scope = "write:vouchers";
  const recorded = {
    scope,
    failure: 400,
    outlet: "required",
    texts: { invalid_json: () => "Missing voucher data" },
  } as const;
  const redeem = handle({
    ...recorded,
    read: readRedemption,
    schema: redemptionSchema,
    act: redeemTogether,
  });
  const bare = { scope, failure: 400, outlet: "optional", read: readQuery } as const;
  app.get("/vouchers/redeem-code/:code", handle({ ...bare, schema: noFields, act: show }));
  app.post("/vouchers/redeem", redeem);
  app.post("/vouchers/:code/redeem", redeem);
  app.post("/vouchers/:code", redeem);
  app.get(
    "/vouchers/:code",
    handle({
      ...recorded,
      read: readRedemptionIfAny,
      schema: readOrRedeemSchema,
      act: (ctx, wire, path) =>
        wire === null ? show(ctx, wire, path) : redeemTogether(ctx, wire, path),
    }),
  );
}

async function show(ctx: Context, _wire: unknown, { code = "" }: PathParams): Answer {
  const found = await getVoucherByCode(ctx, code);
  return found.ok ? ok(voucherBody(found.value, ctx.principal.merchant.timeZone)) : found;
}

const redeemTime = { pointer: "/redeem_datetime", future: "Redeem datetime cannot be future" };

/** `code` is the reference code of the customer whose the vouchers must be. */
async function redeemTogether(
  ctx: Context,
  wire: z.output<typeof redemptionSchema>,
  { code: reference = wire.reference_code }: PathParams,
): Answer {
  const redeemedAt = readMoment(ctx, wire.redeem_datetime, redeemTime);
  if (!redeemedAt.ok) return redeemedAt;
  const customer = reference === undefined ? ok(null) : await resolveReferenceCode(ctx, reference);
  if (!customer.ok) return customer;
  const redeemed = await redeemVouchers(ctx, {
    codes: wire.redeem_code,
    customer: customer.value,
    redeemedAt: redeemedAt.value,
    invoice: wire.invoice_id ?? null,
    remarks: wire.remarks ?? null,
  });
  return redeemed.ok ? ok({ transaction_id: transactionText(redeemed.value) }) : redeemed;
}
