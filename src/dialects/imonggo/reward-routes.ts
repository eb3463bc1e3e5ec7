import type { Hono } from "hono";
import * as z from "zod";
import {
  currencyScale,
  formatDecimal,
  MAX_AMOUNT,
  parseDecimal,
  unitScale,
} from "../../core/amount.ts";
import { invalid } from "../../core/errors.ts";
import { ok } from "../../core/result.ts";
import type { HttpEnv } from "../../http/request.ts";
import { plainDecimal } from "../../http/wire/amounts.ts";
import { text } from "../../http/wire/fields.ts";
import type { Context } from "../../services/context.ts";
import type { Spent } from "../../services/ledger/spending.ts";
import { spendMoney } from "../../services/ledger/spending.ts";
import type { Answer } from "./calls.ts";
import { handle } from "./calls.ts";
import type { Resource } from "../../http/documents.ts";
import { one } from "../../http/documents.ts";
import { resource } from "./resources.ts";
import { readEverywhere } from "./schemas.ts";

/** Characters of a reference. */
const MAX_REFERENCE = 255;

const NOT_POSITIVE = "must be greater than 0";

/** More than nothing, as a plain decimal text: the currency gives it its scale. */
const amount = z.string({ error: NOT_POSITIVE }).transform((value, issues) => {
  const plain = plainDecimal(value.trim());
  if (plain !== null && /^\d.*[1-9]|^[1-9]/.test(plain)) return plain;
  issues.addIssue({ code: "custom", message: NOT_POSITIVE });
  return z.NEVER;
});

/** What is asked is judged before what it is asked with. */
const schema = z
  .looseObject({ q: z.unknown().optional() })
  .refine(({ q }) => q === "spend", "q is not supported")
  .pipe(
    z.object({
      customer_id: z.string({ error: "can't be blank" }),
      amount,
      reference: text(MAX_REFERENCE).optional(),
    }),
  );

/** What a redemption comes to, with the currency that it was in. */
interface Redemption extends Spent {
  readonly currency: string;
}

const POINT_SCALE = unitScale("point", "");

/** Unlike all other records: with hyphens and types. */
const REWARD: Resource<Redemption> = {
  element: "hash",
  list: "hashes",
  typed: true,
  hyphens: true,
  fields: [
    {
      name: "points_spent",
      kind: "decimal",
      of: ({ points }) => formatDecimal(points, POINT_SCALE),
    },
    {
      name: "amount_spent",
      kind: "decimal",
      of: (spent) => formatDecimal(spent.amount, currencyScale(spent.currency)),
    },
    {
      name: "points_available",
      kind: "decimal",
      of: ({ available }) => formatDecimal(available, POINT_SCALE),
    },
  ],
};

/** Rewards: points that are spent like money. */
export function rewardRoutes(app: Hono<HttpEnv>): void {
  const spending = { scope: "write:transactions", read: readEverywhere, schema } as const;
  resource(app, "/rewards", { POST: handle({ ...spending, act: spend }) });
}

const NUMBER = /^\d{1,12}$/;

async function spend(ctx: Context, wire: z.output<typeof schema>): Answer {
  const { currency } = ctx.principal.merchant;
  const scale = currencyScale(currency);
  const [, fraction = ""] = wire.amount.split(".");
  if (/[1-9]/.test(fraction.slice(scale))) {
    return invalid("/amount", "invalid", `must have at most ${scale} decimals`);
  }
  const money = parseDecimal(wire.amount, scale);
  if (money === null || money > MAX_AMOUNT) return invalid("/amount", "too_large", "is too large");
  const number = wire.customer_id.trim();
  // 0 is the number of nobody.
  const customer = NUMBER.test(number) ? Number(number) : 0;
  const { reference = null } = wire;
  const spent = await spendMoney(ctx, { customer, amount: money, reference });
  return spent.ok ? ok(one(REWARD, { ...spent.value, currency })) : spent;
}
