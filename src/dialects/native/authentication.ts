import { equalInConstantTime } from "../../core/digest.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Http } from "../../http/request.ts";
import { deferrer } from "../../http/request.ts";
import type { Context } from "../../services/context.ts";
import { makeContext, settingsOf } from "../../services/context.ts";
import type { Deployment } from "../../services/merchants.ts";
import { actAsAdmin } from "../../services/merchants.ts";

/** Checks the deployment's admin token. */
export async function authenticateAdmin(http: Http): Promise<Result<Deployment, LoyaltyError>> {
  const header = http.req.header("authorization") ?? "";
  const [, token] = /^Bearer +(\S+)$/i.exec(header) ?? [];
  if (token === undefined) return err({ code: "key_missing" });
  const settings = settingsOf(http.env);
  const expected = settings.adminToken;
  if (expected === null || !(await equalInConstantTime(token, expected))) {
    return err({ code: "key_unknown" });
  }
  return ok({ env: http.env, settings, now: http.get("now") });
}

/** The admin acting for the merchant that the header `Guerdon-Merchant` names. */
export async function authenticateForMerchant(http: Http): Promise<Result<Context, LoyaltyError>> {
  const admin = await authenticateAdmin(http);
  if (!admin.ok) return admin;
  const named = http.req.header("guerdon-merchant");
  if (named === undefined || named === "") return err({ code: "merchant_not_named" });
  const principal = await actAsAdmin(admin.value, named);
  if (!principal.ok) return principal;
  return ok(
    makeContext({
      env: http.env,
      principal: principal.value,
      dialect: "native",
      requestId: http.get("requestId"),
      now: http.get("now"),
      guard: null,
      timing: http.get("timing"),
      defer: deferrer(http),
    }),
  );
}
