import { STATUS_ERRORS } from "../../../core/errors.ts";
import { callMaker, json } from "../../../http/calls.ts";
import type { Context } from "../../../services/context.ts";
import type { Access } from "../authentication.ts";
import {
  batchAnswer,
  batchesAnswer,
  issueAnswer,
  redemptionAnswer,
  voucherAnswer,
} from "./answers.ts";
import { createBatch, getByCode, issue, listBatches, redeem } from "./operations.ts";
import {
  batchesSchema,
  batchSchema,
  issueSchema,
  redeemVoucherSchema,
  voucherSchema,
} from "./schemas.ts";

const call = callMaker<Context, Access>();

/** Vouchers and the batches that they are made in. */
export const VOUCHER_CALLS = [
  call({
    method: "POST",
    path: ["/vouchers/batches/create", "/vouchers/batches"],
    summary: "Makes a batch of vouchers",
    access: "write",
    scope: "write:vouchers",
    input: batchSchema,
    answer: json(batchAnswer),
    errors: ["customer_busy"],
    act: createBatch,
  }),
  call({
    method: "GET",
    path: "/vouchers/batches",
    summary: "Lists batches, with what was redeemed",
    access: "read",
    scope: "read:vouchers",
    input: batchesSchema,
    answer: json(batchesAnswer),
    errors: [],
    act: listBatches,
  }),
  call({
    method: "POST",
    path: "/vouchers/redeem",
    summary: "Uses a voucher up",
    access: "write",
    scope: "write:vouchers",
    input: redeemVoucherSchema,
    answer: json(redemptionAnswer),
    errors: [
      "not_found",
      ...STATUS_ERRORS,
      "voucher_used",
      "voucher_not_active",
      "voucher_expired",
      "minimum_not_met",
      "customer_busy",
    ],
    act: redeem,
  }),
  call({
    method: "POST",
    path: "/vouchers/issue",
    summary: "Gives a customer the next free voucher of a batch",
    access: "write",
    scope: "write:vouchers",
    input: issueSchema,
    answer: json(issueAnswer),
    errors: ["not_found", ...STATUS_ERRORS, "reference_reused", "customer_busy"],
    act: issue,
  }),
  call({
    method: "GET",
    path: "/vouchers/:code",
    summary: "Reads a voucher",
    access: "read",
    scope: "read:vouchers",
    input: voucherSchema,
    answer: json(voucherAnswer),
    errors: ["not_found"],
    act: getByCode,
  }),
];
