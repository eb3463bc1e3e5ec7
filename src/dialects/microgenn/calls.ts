import { STATUS_ERRORS } from "../../core/errors.ts";
import { callMaker, json } from "../../http/calls.ts";
import type { Context } from "../../services/context.ts";
import {
  billAnswer,
  couponAnswer,
  customerAnswer,
  otpSendAnswer,
  otpVerifyAnswer,
  redeemAnswer,
} from "./answers.ts";
import {
  lookUpCustomer,
  postBill,
  redeemCoupon,
  redeemForOtp,
  sendOtp,
  verifyOtp,
} from "./operations.ts";
import {
  billSchema,
  couponSchema,
  customerSchema,
  otpSendSchema,
  otpVerifySchema,
  pointsSchema,
} from "./schemas.ts";

const call = callMaker<Context>();

/** Every call of the Partner API, below a tenant's slug. */
export const CALLS = [
  call({
    method: "GET",
    path: "/pos/customer",
    summary: "Looks a customer up by mobile number, and enrols one if asked to",
    scope: "read:customers",
    input: customerSchema,
    answer: json(customerAnswer),
    errors: ["not_found", "customer_busy"],
    act: lookUpCustomer,
  }),
  call({
    method: "POST",
    path: "/pos/bill",
    summary: "Records a bill, which earns points",
    scope: "write:transactions",
    input: billSchema,
    answer: json(billAnswer),
    errors: ["not_found", ...STATUS_ERRORS, "reference_reused", "balance_limit", "customer_busy"],
    act: postBill,
  }),
  call({
    method: "POST",
    path: "/pos/coupon/redeem",
    summary: "Uses a coupon up",
    scope: "write:transactions",
    input: couponSchema,
    answer: json(couponAnswer),
    errors: [
      "not_found",
      ...STATUS_ERRORS,
      "voucher_used",
      "voucher_not_active",
      "voucher_expired",
      "minimum_not_met",
      "customer_busy",
    ],
    act: redeemCoupon,
  }),
  call({
    method: "POST",
    path: "/pos/otp/send",
    summary: "Sends a one-time password to a mobile number",
    scope: "write:transactions",
    input: otpSendSchema,
    answer: json(otpSendAnswer),
    errors: ["message_undeliverable"],
    act: sendOtp,
  }),
  call({
    method: "POST",
    path: "/pos/otp/verify",
    summary: "Uses a one-time password up",
    scope: "write:transactions",
    input: otpVerifySchema,
    answer: json(otpVerifyAnswer),
    errors: ["one_time_password_invalid"],
    act: verifyOtp,
  }),
  call({
    method: "POST",
    path: "/pos/points/redeem",
    summary: "Redeems points against a one-time password",
    scope: "write:transactions",
    input: pointsSchema,
    answer: json(redeemAnswer),
    errors: [
      "not_found",
      ...STATUS_ERRORS,
      "one_time_password_invalid",
      "reference_reused",
      "insufficient_balance",
      "customer_busy",
    ],
    act: redeemForOtp,
  }),
];
