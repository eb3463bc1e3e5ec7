import { STATUS_ERRORS } from "../../../core/errors.ts";
import { callMaker, json } from "../../../http/calls.ts";
import type { Context } from "../../../services/context.ts";
import type { Access } from "../authentication.ts";
import {
  balanceAnswer,
  earnAnswer,
  previewAnswer,
  redeemAnswer,
  reverseAnswer,
} from "./answers.ts";
import { balance, earn, preview, recalculateBalance, redeem, reverse } from "./operations.ts";
import {
  balanceSchema,
  earnSchema,
  previewSchema,
  redeemSchema,
  reverseSchema,
} from "./schemas.ts";

const call = callMaker<Context, Access>();

const walletBalance = {
  path: "/wallet/balance",
  summary: "Reads a customer's points, tier and what expires soon",
  access: "read",
  scope: "read:customers",
  input: balanceSchema,
  answer: json(balanceAnswer),
  errors: ["not_found"],
  act: balance,
} as const;

/** Earning, redeeming, reversing, and the balance. */
export const POINT_CALLS = [
  call({
    method: "POST",
    path: "/points/earn",
    summary: "Adds points: so many, or what an amount earns",
    access: "write",
    scope: "write:transactions",
    input: earnSchema,
    answer: json(earnAnswer),
    errors: ["not_found", ...STATUS_ERRORS, "reference_reused", "balance_limit"],
    act: earn,
  }),
  call({
    method: "POST",
    path: ["/points/redeem", "/points/commit-redeem"],
    summary: "Takes points",
    access: "write",
    scope: "write:transactions",
    input: redeemSchema,
    answer: json(redeemAnswer),
    errors: ["not_found", ...STATUS_ERRORS, "reference_reused", "insufficient_balance"],
    act: redeem,
  }),
  call({
    method: "POST",
    path: "/points/preview-redeem",
    summary: "Tells what a redemption would come to",
    access: "preview",
    scope: "read:customers",
    input: previewSchema,
    answer: json(previewAnswer),
    errors: ["not_found"],
    act: preview,
  }),
  call({
    method: "POST",
    path: "/points/reverse",
    summary: "Takes a transaction back",
    access: "claim",
    scope: "write:transactions",
    input: reverseSchema,
    answer: json(reverseAnswer),
    errors: [
      "not_found",
      "reference_reused",
      "already_reversed",
      "insufficient_balance",
      "balance_limit",
      "customer_busy",
    ],
    act: reverse,
  }),
  call({ method: "GET", ...walletBalance }),
  call({ method: "POST", ...walletBalance }),
  call({
    method: "POST",
    path: "/wallet/recalculate",
    summary: "Adds a customer's ledger up anew, and reads the balance",
    access: "preview",
    scope: "write:adjustments",
    input: balanceSchema,
    answer: json(balanceAnswer),
    errors: ["not_found"],
    act: recalculateBalance,
  }),
];
