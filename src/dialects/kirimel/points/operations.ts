import type * as z from "zod";
import { notFound } from "../../../core/errors.ts";
import { ok } from "../../../core/result.ts";
import { fromWholePoints, moneyOf } from "../../../http/wire/amounts.ts";
import type { Context } from "../../../services/context.ts";
import { resolveCustomer } from "../../../services/customers/identity.ts";
import { recalculate, reverseEntry } from "../../../services/ledger/corrections.ts";
import {
  earnPoints,
  previewRedemption,
  readPoints,
  redeemPoints,
} from "../../../services/ledger/points.ts";
import type { Answer } from "../answers.ts";
import { referenceOf, remarksOf, SOON_MS } from "../mapping.ts";
import type {
  balanceAnswer,
  earnAnswer,
  previewAnswer,
  redeemAnswer,
  reverseAnswer,
} from "./answers.ts";
import { balanceBody, earnBody, previewBody, redeemBody, reverseBody } from "./mapping.ts";
import type {
  balanceSchema,
  earnSchema,
  previewSchema,
  redeemSchema,
  reverseSchema,
} from "./schemas.ts";

/** `POST points/earn` */
export async function earn(
  ctx: Context,
  wire: z.output<typeof earnSchema>,
): Answer<typeof earnAnswer> {
  const { customer_id: number, points, amount } = wire;
  if (number === null) return notFound("customer");
  const customer = await resolveCustomer(ctx, number);
  if (!customer.ok) return customer;
  const { currency } = ctx.principal.merchant;
  const purchase =
    amount === undefined ? undefined : { amount: moneyOf(amount, currency), currency };
  const grant = points === undefined ? purchase : { amount: fromWholePoints(points) };
  if (grant === undefined) throw new Error("the schema demands points or amount");
  const earned = await earnPoints(ctx, {
    customer: customer.value,
    grant: "currency" in grant ? { purchase: grant } : grant,
    reference: referenceOf("earn", wire, points ?? `amount ${purchase?.amount}`),
    remarks: remarksOf(wire, { purchase }),
    occurredAt: null,
  });
  return earned.ok ? ok(earnBody(number, earned.value.receipt)) : earned;
}

/** `POST points/redeem` */
export async function redeem(
  ctx: Context,
  wire: z.output<typeof redeemSchema>,
): Answer<typeof redeemAnswer> {
  const { customer_id: number, points } = wire;
  if (number === null) return notFound("customer");
  const customer = await resolveCustomer(ctx, number);
  if (!customer.ok) return customer;
  const redeemed = await redeemPoints(ctx, {
    customer: customer.value,
    amount: fromWholePoints(points),
    reference: referenceOf("redeem", wire, points),
    remarks: remarksOf(wire),
    occurredAt: null,
  });
  return redeemed.ok ? ok(redeemBody(number, redeemed.value.receipt)) : redeemed;
}

/** `POST points/preview-redeem` */
export async function preview(
  ctx: Context,
  wire: z.output<typeof previewSchema>,
): Answer<typeof previewAnswer> {
  const { customer_id: number, points } = wire;
  if (number === null) return notFound("customer");
  const customer = await resolveCustomer(ctx, number);
  if (!customer.ok) return customer;
  const amount = fromWholePoints(points);
  const previewed = await previewRedemption(ctx, customer.value, amount);
  return ok(previewBody(previewed, ctx.principal.merchant.currency));
}

/** `POST points/reverse` */
export async function reverse(
  ctx: Context,
  wire: z.output<typeof reverseSchema>,
): Answer<typeof reverseAnswer> {
  const { transaction_id: target, reason } = wire;
  if (target === null) return notFound("entry");
  const customer = await resolveCustomer(ctx, target.customer);
  if (!customer.ok) return notFound("entry");
  const reversed = await reverseEntry(ctx, {
    customer: customer.value,
    seq: target.seq,
    reference: referenceOf("reverse", wire, target.seq),
    remarks: remarksOf(wire, reason === undefined ? {} : { extra: { reason } }),
  });
  return reversed.ok ? ok(reverseBody(target.customer, reversed.value.receipt)) : reversed;
}

/** `GET|POST wallet/balance` */
export async function balance(
  ctx: Context,
  wire: z.output<typeof balanceSchema>,
): Answer<typeof balanceAnswer> {
  const { customer_id: number } = wire;
  if (number === null) return notFound("customer");
  const customer = await resolveCustomer(ctx, number);
  if (!customer.ok) return customer;
  return ok(balanceBody(number, await readPoints(ctx, customer.value, SOON_MS)));
}

/** `POST wallet/recalculate` */
export async function recalculateBalance(
  ctx: Context,
  wire: z.output<typeof balanceSchema>,
): Answer<typeof balanceAnswer> {
  const { customer_id: number } = wire;
  if (number === null) return notFound("customer");
  const customer = await resolveCustomer(ctx, number);
  if (!customer.ok) return customer;
  await recalculate(ctx, customer.value);
  return balance(ctx, wire);
}
