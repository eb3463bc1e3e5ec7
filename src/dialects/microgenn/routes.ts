import type { Handler } from "hono";
import { Hono } from "hono";
import { setRateLimitHeaders } from "../../http/rate-limit.ts";
import type { Http, HttpEnv } from "../../http/request.ts";
import { logUnexpected } from "../../http/request.ts";
import { isReservedSlug } from "../../services/merchants/merchants.ts";
import { handle, POLICY, refuse } from "./calls.ts";
import { internalFailure } from "./errors.ts";
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

const SLUG = /^[a-z0-9]+(?:[-_][a-z0-9]+)*$/i;

/**
 * Microgenn's Partner API, `/api/{slug}`. Mount it after every dialect with a path of its own below
 * `/api`: what their paths begin with is no slug and is passed on.
 */
export function microgennRoutes(): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  const scope = "write:transactions";
  const answers: readonly (readonly [string, string, (http: Http) => Promise<Response>])[] = [
    [
      "GET",
      "/pos/customer",
      handle({ scope: "read:customers", schema: customerSchema, act: lookUpCustomer }),
    ],
    ["POST", "/pos/bill", handle({ scope, schema: billSchema, act: postBill })],
    ["POST", "/pos/coupon/redeem", handle({ scope, schema: couponSchema, act: redeemCoupon })],
    ["POST", "/pos/otp/send", handle({ scope, schema: otpSendSchema, act: sendOtp })],
    ["POST", "/pos/otp/verify", handle({ scope, schema: otpVerifySchema, act: verifyOtp })],
    ["POST", "/pos/points/redeem", handle({ scope, schema: pointsSchema, act: redeemForOtp })],
  ];
  for (const [method, path, answer] of answers) {
    const error = { code: "method_not_allowed", allowed: [method] } as const;
    app.on(method, path, forTenants(answer));
    app.all(
      path,
      forTenants((http) => refuse(http, error)),
    );
  }
  app.all(
    "/*",
    forTenants((http) => refuse(http, { code: "not_found", object: "route" })),
  );
  app.onError((error, http) => {
    logUnexpected(http.get("requestId"), error);
    return internalFailure(http);
  });
  return app;
}

function forTenants(answer: (http: Http) => Promise<Response>): Handler<HttpEnv> {
  return async (http, next) => {
    const slug = http.req.param("slug") ?? "";
    if (!SLUG.test(slug) || isReservedSlug(slug)) return next();
    const response = await answer(http);
    setRateLimitHeaders(http, POLICY, response);
    return response;
  };
}
