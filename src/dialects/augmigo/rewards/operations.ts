import type * as z from "zod";
import type { BuiltInUnit } from "../../../core/amount.ts";
import type { LoyaltyError } from "../../../core/errors.ts";
import { invalid } from "../../../core/errors.ts";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import type { Received } from "../../../http/calls.ts";
import { moneyOf, parseWhole, pointsOf } from "../../../http/wire/amounts.ts";
import type { Context } from "../../../services/context.ts";
import { resolveReferenceCode } from "../../../services/customers/identity.ts";
import { readRewards } from "../../../services/ledger/rewards.ts";
import type { UnitInput } from "../../../services/ledger/units.ts";
import { redeemUnit, topUpPrepaid } from "../../../services/ledger/units.ts";
import { recordPurchase } from "../../../services/purchases/purchase.ts";
import { rewardOf } from "../../../services/purchases/rewards.ts";
import type { messageAnswer, transactionAnswer } from "../answers.ts";
import type { Answer } from "../declaration.ts";
import { readMoment, transactionText } from "../mapping.ts";
import type { giveAnswer, rewardsAnswer } from "./answers.ts";
import { describe, givenBody, rewardsBody, toBillLines, toRemarks } from "./mapping.ts";
import type { giveSchema, redeemAnySchema, redeemSchema, topUpSchema } from "./schemas.ts";

const transactionTime = {
  pointer: "/transact_datetime",
  future: "Transact datetime cannot be future",
};

/** `POST …/give` */
export async function giveForPurchase(
  ctx: Context,
  wire: z.output<typeof giveSchema>,
  { path: { code = "" } }: Received,
): Answer<typeof giveAnswer> {
  const { currency } = ctx.principal.merchant;
  const sales = moneyOf(wire.sales_amount, currency);
  const tax = moneyOf(wire.tax_amount, currency);
  if (tax > sales) return invalid("/tax_amount", "invalid", "Tax Amount is not valid");
  const occurredAt = readMoment(ctx, wire.transact_datetime, transactionTime);
  if (!occurredAt.ok) return occurredAt;
  const customer = await resolveReferenceCode(ctx, code);
  if (!customer.ok) return customer;
  const { invoice_id: number = null } = wire;
  const recorded = await recordPurchase(ctx, {
    customer: customer.value,
    number,
    purchase: { amount: sales, currency },
    base: { amount: sales - tax, currency },
    lines: toBillLines(wire, currency),
    unique: number === null ? { within: "nothing" } : { within: "merchant", number },
    remarks: toRemarks(wire),
    occurredAt: occurredAt.value,
  });
  return recorded.ok ? ok(givenBody(rewardOf(ctx, recorded.value), currency)) : recorded;
}

/** `GET …` */
export async function showRewards(
  ctx: Context,
  _wire: unknown,
  { path: { code = "" } }: Received,
): Answer<typeof rewardsAnswer> {
  const customer = await resolveReferenceCode(ctx, code);
  if (!customer.ok) return customer;
  const rewards = await readRewards(ctx, customer.value);
  return ok(rewardsBody(rewards, ctx.principal.merchant));
}

const redeemTime = { pointer: "/redeem_datetime", future: "Redeem datetime cannot be future" };

/** `POST …/redeem` */
export async function redeemAny(
  ctx: Context,
  wire: z.output<typeof redeemAnySchema>,
  { path: { code = "" } }: Received,
): Answer<typeof transactionAnswer> {
  const occurredAt = readMoment(ctx, wire.redeem_datetime, redeemTime);
  if (!occurredAt.ok) return occurredAt;
  const { reward_format: unit, reward_amount: amount } = wire;
  const texts = { ...wire, amount, occurredAt: occurredAt.value };
  const input = await unitInput(ctx, code, unit, texts, "Reward amount");
  if (!input.ok) return input;
  const redeemed = await redeemUnit(ctx, input.value);
  return redeemed.ok
    ? ok({ transaction_id: transactionText(redeemed.value.receipt.entry) })
    : redeemed;
}

/** `POST …/point-redeem` and `…/prepaid-redeem` */
export function redeemOf(unit: "point" | "prepaid") {
  const done = {
    msg: [`${unit === "point" ? "Point" : "Prepaid"} have been redeemed successfully`],
  };
  return async (
    ctx: Context,
    wire: z.output<typeof redeemSchema>,
    { path: { code = "" } }: Received,
  ): Answer<typeof messageAnswer> => {
    const texts = { ...wire, amount: wire.redeem_amount, occurredAt: null };
    const input = await unitInput(ctx, code, unit, texts, "Redeem amount");
    if (!input.ok) return input;
    const redeemed = await redeemUnit(ctx, input.value);
    return redeemed.ok ? ok(done) : redeemed;
  };
}

/** `POST …/prepaid-topup` */
export async function topUpForProgram(
  ctx: Context,
  wire: z.output<typeof topUpSchema>,
  { path: { code = "" } }: Received,
): Answer<typeof messageAnswer> {
  const texts = { ...wire, amount: wire.topup_amount, occurredAt: null };
  const input = await unitInput(ctx, code, "prepaid", texts, "Topup amount");
  if (!input.ok) return input;
  const { prepaid_program_key: program } = wire;
  const { remarks } = input.value;
  const told = program === undefined ? {} : { extra: { prepaid_program_key: program } };
  const loaded = await topUpPrepaid(ctx, { ...input.value, remarks: { ...remarks, ...told } });
  return loaded.ok ? ok({ msg: ["Prepaid have been topup successfully"] }) : loaded;
}

/** An amount of a unit; null where it has parts that the unit has not: half a stamp is none. */
function amountOf(text: string, unit: BuiltInUnit, currency: string): number | null {
  switch (unit) {
    case "point":
      return pointsOf(text);
    case "stamp":
      return parseWhole(text);
    case "prepaid":
      return moneyOf(text, currency);
  }
}

/** What a call that moves one unit tells; the amount must be more than nothing. */
async function unitInput(
  ctx: Context,
  code: string,
  unit: BuiltInUnit,
  wire: {
    readonly amount: string;
    readonly invoice_id?: string | undefined;
    readonly remarks?: string | undefined;
    readonly occurredAt: number | null;
  },
  name: string,
): Promise<Result<UnitInput, LoyaltyError>> {
  const amount = amountOf(wire.amount, unit, ctx.principal.merchant.currency);
  if (amount === null || amount === 0) return invalid("", "invalid", `${name} is not valid`);
  const customer = await resolveReferenceCode(ctx, code);
  if (!customer.ok) return customer;
  const { invoice_id: invoice = null, occurredAt } = wire;
  const remarks = describe(wire.remarks);
  return ok({ customer: customer.value, unit, amount, invoice, remarks, occurredAt });
}
