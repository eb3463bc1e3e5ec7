import type { Hono } from "hono";
import type * as z from "zod";
import { notFound } from "../../core/errors.ts";
import { ok } from "../../core/result.ts";
import type { HttpEnv } from "../../http/request.ts";
import type { Context } from "../../services/context.ts";
import { recalculate, reverseEntry } from "../../services/ledger/corrections.ts";
import {
  earnPoints,
  previewRedemption,
  readPoints,
  redeemPoints,
} from "../../services/ledger/points.ts";
import type { Answer } from "./calls.ts";
import { handle, referenceOf, remarksOf, resolve } from "./calls.ts";
import {
  balanceBody,
  earnBody,
  fromWholePoints,
  fromWireMoney,
  previewBody,
  redeemBody,
  reverseBody,
  SOON_MS,
} from "./mapping.ts";
import {
  balanceSchema,
  earnSchema,
  previewSchema,
  redeemSchema,
  reverseSchema,
} from "./schemas.ts";

/** Earning, redeeming, reversing, and the balance. */
export function pointsRoutes(app: Hono<HttpEnv>): void {
  const scope = "write:transactions";
  const redeemHandler = handle({ access: "write", scope, schema: redeemSchema, act: redeem });
  const balanceHandler = handle({
    access: "read",
    scope: "read:customers",
    schema: balanceSchema,
    act: balance,
  });
  app.post("/points/earn", handle({ access: "write", scope, schema: earnSchema, act: earn }));
  app.post("/points/redeem", redeemHandler);
  app.post("/points/commit-redeem", redeemHandler);
  app.post(
    "/points/preview-redeem",
    handle({ access: "preview", scope: "read:customers", schema: previewSchema, act: preview }),
  );
  app.post(
    "/points/reverse",
    handle({ access: "claim", scope, schema: reverseSchema, act: reverse }),
  );
  app.get("/wallet/balance", balanceHandler);
  app.post("/wallet/balance", balanceHandler);
  app.post(
    "/wallet/recalculate",
    handle({
      access: "preview",
      scope: "write:adjustments",
      schema: balanceSchema,
      act: recalculateCall,
    }),
  );
}

async function earn(ctx: Context, wire: z.output<typeof earnSchema>): Answer {
  const { customer_id: number, points, amount } = wire;
  const customer = await resolve(ctx, number);
  if (!customer.ok) return customer;
  const { currency } = ctx.principal.merchant;
  const purchase =
    amount === undefined ? undefined : { amount: fromWireMoney(amount, currency), currency };
  const grant = points === undefined ? purchase : { amount: fromWholePoints(points) };
  if (grant === undefined) throw new Error("the schema demands points or amount");
  const earned = await earnPoints(ctx, {
    customer: customer.value,
    grant: "currency" in grant ? { purchase: grant } : grant,
    reference: referenceOf("earn", wire, points ?? `amount ${amount}`),
    remarks: remarksOf(wire, { purchase }),
    occurredAt: null,
  });
  return earned.ok ? ok(earnBody(Number(number), earned.value.receipt)) : earned;
}

async function redeem(ctx: Context, wire: z.output<typeof redeemSchema>): Answer {
  const { customer_id: number, points } = wire;
  const customer = await resolve(ctx, number);
  if (!customer.ok) return customer;
  const redeemed = await redeemPoints(ctx, {
    customer: customer.value,
    amount: fromWholePoints(points),
    reference: referenceOf("redeem", wire, points),
    remarks: remarksOf(wire),
    occurredAt: null,
  });
  return redeemed.ok ? ok(redeemBody(Number(number), redeemed.value.receipt)) : redeemed;
}

async function preview(ctx: Context, wire: z.output<typeof previewSchema>): Answer {
  const customer = await resolve(ctx, wire.customer_id);
  if (!customer.ok) return customer;
  const amount = fromWholePoints(wire.points);
  const previewed = await previewRedemption(ctx, customer.value, amount);
  return ok(previewBody(previewed, ctx.principal.merchant.currency));
}

async function reverse(ctx: Context, wire: z.output<typeof reverseSchema>): Answer {
  const { transaction_id: target, reason } = wire;
  if (target === null) return notFound("entry");
  const customer = await resolve(ctx, target.customer);
  if (!customer.ok) return notFound("entry");
  const reversed = await reverseEntry(ctx, {
    customer: customer.value,
    seq: target.seq,
    reference: referenceOf("reverse", wire, target.seq),
    remarks: remarksOf(wire, reason === undefined ? {} : { extra: { reason } }),
  });
  return reversed.ok ? ok(reverseBody(target.customer, reversed.value.receipt)) : reversed;
}

async function balance(ctx: Context, wire: z.output<typeof balanceSchema>): Answer {
  const number = wire.customer_id;
  const customer = await resolve(ctx, number);
  if (!customer.ok) return customer;
  return ok(balanceBody(Number(number), await readPoints(ctx, customer.value, SOON_MS)));
}

async function recalculateCall(ctx: Context, wire: z.output<typeof balanceSchema>): Answer {
  const customer = await resolve(ctx, wire.customer_id);
  if (!customer.ok) return customer;
  await recalculate(ctx, customer.value);
  return balance(ctx, wire);
}
