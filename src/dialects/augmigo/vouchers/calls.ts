import * as z from "zod";
import { STATUS_ERRORS } from "../../../core/errors.ts";
import { json } from "../../../http/calls.ts";
import { transactionAnswer } from "../answers.ts";
import { call } from "../declaration.ts";
import { readQuery } from "../readers.ts";
import { noFields } from "../schemas.ts";
import { voucherAnswer } from "./answers.ts";
import { redeemTogether, showOrRedeem, showVoucher } from "./operations.ts";
import { readRedemption, readRedemptionIfAny } from "./redemption-body.ts";
import { readOrRedeemSchema, redemptionSchema } from "./schemas.ts";

const scope = "write:vouchers";

const RECORDED = {
  scope,
  failure: 400,
  texts: { invalid_json: () => "Missing voucher data" },
  outlet: "required",
} as const;

/**
 * Reading vouchers and redeeming them. The documentation names one path for a redemption and its
 * sample another, which is that of a reading: there the body tells which it is.
 */
export const VOUCHER_CALLS = [
  call({
    method: "GET",
    path: "/vouchers/redeem-code/:code",
    summary: "Reads a voucher",
    scope,
    failure: 400,
    outlet: "optional",
    read: readQuery,
    input: noFields,
    answer: json(voucherAnswer),
    errors: ["not_found"],
    act: showVoucher,
  }),
  call({
    method: "POST",
    path: ["/vouchers/redeem", "/vouchers/:code/redeem", "/vouchers/:code"],
    summary: "Redeems vouchers together, all or none",
    ...RECORDED,
    read: readRedemption,
    input: redemptionSchema,
    answer: json(transactionAnswer),
    errors: ["not_found", ...STATUS_ERRORS, "vouchers_refused", "customer_busy"],
    act: redeemTogether,
  }),
  call({
    method: "GET",
    path: "/vouchers/:code",
    summary: "Reads a voucher, or redeems those that its body names",
    ...RECORDED,
    read: readRedemptionIfAny,
    input: readOrRedeemSchema,
    answer: json(z.union([voucherAnswer, transactionAnswer])),
    errors: ["not_found", ...STATUS_ERRORS, "vouchers_refused", "customer_busy"],
    act: showOrRedeem,
  }),
];
