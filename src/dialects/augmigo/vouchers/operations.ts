import type * as z from "zod";
import { ok } from "../../../core/result.ts";
import type { Received } from "../../../http/calls.ts";
import type { Context } from "../../../services/context.ts";
import { resolveReferenceCode } from "../../../services/customers/identity.ts";
import { redeemVouchers } from "../../../services/vouchers/redemptions.ts";
import { getVoucherByCode } from "../../../services/vouchers/vouchers.ts";
import type { transactionAnswer } from "../answers.ts";
import type { Answer } from "../declaration.ts";
import { readMoment, transactionText } from "../mapping.ts";
import type { voucherAnswer } from "./answers.ts";
import { voucherBody } from "./mapping.ts";
import type { readOrRedeemSchema, redemptionSchema } from "./schemas.ts";

type Shown = typeof voucherAnswer;
type Redeemed = typeof transactionAnswer;

/** `GET vouchers/redeem-code/{code}` */
export async function showVoucher(
  ctx: Context,
  _wire: unknown,
  { path: { code = "" } }: Received,
): Answer<Shown> {
  const found = await getVoucherByCode(ctx, code);
  return found.ok ? ok(voucherBody(found.value, ctx.principal.merchant.timeZone)) : found;
}

const redeemTime = { pointer: "/redeem_datetime", future: "Redeem datetime cannot be future" };

/** `code` of the path is the reference code of the customer whose the vouchers must be. */
export async function redeemTogether(
  ctx: Context,
  wire: z.output<typeof redemptionSchema>,
  { path: { code: reference = wire.reference_code } }: Received,
): Answer<Redeemed> {
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

/** `GET vouchers/{code}`: a redemption if its body names codes to redeem. */
export async function showOrRedeem(
  ctx: Context,
  wire: z.output<typeof readOrRedeemSchema>,
  received: Received,
): Answer<Shown | Redeemed> {
  return wire === null ? showVoucher(ctx, wire, received) : redeemTogether(ctx, wire, received);
}
