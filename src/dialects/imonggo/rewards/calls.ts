import type * as z from "zod";
import { MAX_AMOUNT } from "../../../core/amount.ts";
import { invalid, STATUS_ERRORS } from "../../../core/errors.ts";
import { ok } from "../../../core/result.ts";
import { moneyOf } from "../../../http/wire/amounts.ts";
import type { Context } from "../../../services/context.ts";
import { spendMoney } from "../../../services/ledger/spending.ts";
import { one } from "../documents.ts";
import type { Outcome } from "../endpoints.ts";
import { call } from "../endpoints.ts";
import { readEverywhere } from "../fields.ts";
import { paths } from "../paths.ts";
import type { Redemption } from "./mapping.ts";
import { REWARD } from "./mapping.ts";
import { NOT_POSITIVE, spendingSchema } from "./schemas.ts";

/** Rewards: points that are spent like money. */
export const REWARDS = [
  call({
    method: "POST",
    path: paths("/rewards"),
    summary: "Spends points like money",
    scope: "write:transactions",
    read: readEverywhere,
    input: spendingSchema,
    answer: one(REWARD),
    errors: [
      "not_found",
      ...STATUS_ERRORS,
      "not_a_member",
      "reference_reused",
      "insufficient_balance",
      "balance_limit",
      "customer_busy",
    ],
    act: spend,
  }),
];

const NUMBER = /^\d{1,12}$/;

async function spend(ctx: Context, wire: z.output<typeof spendingSchema>): Outcome<Redemption> {
  const { currency } = ctx.principal.merchant;
  const money = moneyOf(wire.amount, currency);
  if (money === 0) return invalid("/amount", "too_small", NOT_POSITIVE);
  if (money > MAX_AMOUNT) return invalid("/amount", "too_large", "is too large");
  const number = wire.customer_id.trim();
  // 0 is the number of nobody.
  const customer = NUMBER.test(number) ? Number(number) : 0;
  const { reference = null } = wire;
  const spent = await spendMoney(ctx, { customer, amount: money, reference });
  return spent.ok ? ok({ ...spent.value, currency }) : spent;
}
