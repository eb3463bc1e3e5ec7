import { STATUS_ERRORS } from "../../../core/errors.ts";
import { json } from "../../../http/calls.ts";
import { messageAnswer, transactionAnswer } from "../answers.ts";
import { call } from "../declaration.ts";
import { readQuery } from "../readers.ts";
import { noFields } from "../schemas.ts";
import { giveAnswer, rewardsAnswer } from "./answers.ts";
import {
  giveForPurchase,
  redeemAny,
  redeemOf,
  showRewards,
  topUpForProgram,
} from "./operations.ts";
import { giveSchema, redeemAnySchema, redeemSchema, topUpSchema } from "./schemas.ts";

const RECORDED = { scope: "write:transactions", failure: 400, outlet: "required" } as const;
const PLAIN = { ...RECORDED, outlet: "optional" } as const;

/** The documentation's details and its overview name different paths: both are good. */
const spelt = (...paths: readonly string[]): readonly string[] =>
  ["", "/customers"].flatMap((prefix) => paths.map((path) => prefix + path));

/** Giving rewards, reading them, and spending or loading single units. */
export const REWARD_CALLS = [
  call({
    method: "POST",
    path: spelt("/reward/reference-code/:code/give"),
    summary: "Records a purchase and gives what it is rewarded with",
    ...RECORDED,
    input: giveSchema,
    answer: json(giveAnswer),
    errors: ["not_found", ...STATUS_ERRORS, "duplicate_bill", "balance_limit", "customer_busy"],
    act: giveForPurchase,
  }),
  call({
    method: "GET",
    path: spelt("/reward/reference-code/:code", "/reward/reference-code/:code/read"),
    summary: "Reads what a customer has of every unit, and the vouchers that are left",
    ...PLAIN,
    read: readQuery,
    input: noFields,
    answer: json(rewardsAnswer),
    errors: ["not_found"],
    act: showRewards,
  }),
  call({
    method: "POST",
    path: spelt("/reward/reference-code/:code/point-redeem"),
    summary: "Spends points",
    ...PLAIN,
    input: redeemSchema,
    answer: json(messageAnswer),
    errors: ["not_found", ...STATUS_ERRORS, "reference_reused", "insufficient_balance"],
    act: redeemOf("point"),
  }),
  call({
    method: "POST",
    path: spelt("/reward/reference-code/:code/prepaid-redeem"),
    summary: "Spends prepaid credit",
    ...PLAIN,
    input: redeemSchema,
    answer: json(messageAnswer),
    errors: ["not_found", ...STATUS_ERRORS, "reference_reused", "insufficient_balance"],
    act: redeemOf("prepaid"),
  }),
  call({
    method: "POST",
    path: spelt("/reward/reference-code/:code/prepaid-topup"),
    summary: "Loads prepaid credit",
    ...PLAIN,
    texts: { balance_limit: () => "Failed to topup prepaid" },
    input: topUpSchema,
    answer: json(messageAnswer),
    errors: ["not_found", ...STATUS_ERRORS, "reference_reused", "balance_limit"],
    act: topUpForProgram,
  }),
  call({
    method: "POST",
    path: spelt("/reward/reference-code/:code/redeem"),
    summary: "Spends an amount of any unit",
    ...PLAIN,
    input: redeemAnySchema,
    answer: json(transactionAnswer),
    errors: ["not_found", ...STATUS_ERRORS, "reference_reused", "insufficient_balance"],
    act: redeemAny,
  }),
];
