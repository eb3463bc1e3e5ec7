import { equalInConstantTime } from "../../core/digest.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Http } from "../../http/request.ts";
import { deferrer } from "../../http/request.ts";
import { requireScope } from "../../http/scopes.ts";
import { findCredential } from "../../services/access/credentials.ts";
import type { Context, Principal, Scope } from "../../services/context.ts";
import { makeContext, settingsOf } from "../../services/context.ts";
import type { Deployment } from "../../services/merchants/merchants.ts";
import { actAsAdmin } from "../../services/merchants/merchants.ts";

const BEARER = /^Bearer +(\S+)$/i;
const KEY = /^gd_(live|test)_/;

/** Checks the deployment's admin token. */
export async function authenticateAdmin(http: Http): Promise<Result<Deployment, LoyaltyError>> {
  const [, token] = BEARER.exec(http.req.header("authorization") ?? "") ?? [];
  if (token === undefined) return err({ code: "key_missing" });
  const settings = settingsOf(http.env);
  const expected = settings.adminToken;
  if (expected === null || !(await equalInConstantTime(token, expected))) {
    return err({ code: "key_unknown" });
  }
  return ok({ env: http.env, settings, now: http.get("now") });
}

/**
 * Who calls on a merchant's behalf: a native key of the merchant, or the admin, who names it in the
 * header `Guerdon-Merchant`. Either must have the scope.
 */
export async function authenticateForMerchant(
  http: Http,
  scope: Scope,
): Promise<Result<Context, LoyaltyError>> {
  const [, token] = BEARER.exec(http.req.header("authorization") ?? "") ?? [];
  if (token === undefined) return err({ code: "key_missing" });
  const principal = KEY.test(token) ? await keyPrincipal(http, token) : await adminPrincipal(http);
  if (!principal.ok) return principal;
  const allowed = requireScope(principal.value, scope);
  if (!allowed.ok) return allowed;
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

async function keyPrincipal(http: Http, token: string): Promise<Result<Principal, LoyaltyError>> {
  const credential = await findCredential(http.env, "native", token, http.get("now"));
  return credential.ok ? ok(credential.value.principal) : credential;
}

async function adminPrincipal(http: Http): Promise<Result<Principal, LoyaltyError>> {
  const admin = await authenticateAdmin(http);
  if (!admin.ok) return admin;
  const named = http.req.header("guerdon-merchant");
  if (named === undefined || named === "") return err({ code: "merchant_not_named" });
  return actAsAdmin(admin.value, named);
}
