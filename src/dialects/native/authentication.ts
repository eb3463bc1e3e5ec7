import { equalInConstantTime } from "../../core/digest.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Admitted } from "../../http/admission.ts";
import { contextOf } from "../../http/dialect.ts";
import type { Http } from "../../http/request.ts";
import { findCredential } from "../../services/access/credentials.ts";
import { noteKeyUse } from "../../services/access/key-uses.ts";
import type { Context, Principal } from "../../services/context.ts";
import { settingsOf } from "../../services/context.ts";
import type { Deployment } from "../../services/merchants/merchants.ts";
import { actAsAdmin } from "../../services/merchants/merchants.ts";

/** Name of the dialect: of its keys, and as the source of what is booked. */
export const NAME = "native";

const BEARER = /^Bearer +(\S+)$/i;
const KEY = /^gd_(live|test)_/;

/** Checks the deployment's admin token, for calls that act on the deployment itself. */
export async function authenticateAdmin(
  http: Http,
): Promise<Result<Admitted<Deployment>, LoyaltyError>> {
  const admin = await readAdmin(http, readToken(http));
  return admin.ok ? ok({ caller: admin.value, principal: null, key: null }) : admin;
}

/**
 * Who calls on a merchant's behalf: a native key of the merchant, or the admin, who names it in the
 * header `Guerdon-Merchant`.
 */
export async function authenticate(http: Http): Promise<Result<Admitted<Context>, LoyaltyError>> {
  const token = readToken(http);
  const isKey = token !== undefined && KEY.test(token);
  const found = await (isKey ? keyPrincipal(http, token) : adminPrincipal(http, token));
  if (!found.ok) return found;
  const principal = found.value;
  const caller = contextOf(http, NAME, principal);
  noteKeyUse(caller);
  return ok({ caller, principal, key: null });
}

function readToken(http: Http): string | undefined {
  return BEARER.exec(http.req.header("authorization") ?? "")?.[1];
}

async function readAdmin(
  http: Http,
  token: string | undefined,
): Promise<Result<Deployment, LoyaltyError>> {
  if (token === undefined) return err({ code: "key_missing" });
  const settings = settingsOf(http.env);
  const expected = settings.adminToken;
  if (expected === null || !(await equalInConstantTime(token, expected))) {
    return err({ code: "key_unknown" });
  }
  return ok({ env: http.env, settings, now: http.get("now") });
}

async function keyPrincipal(http: Http, token: string): Promise<Result<Principal, LoyaltyError>> {
  const credential = await findCredential(http.env, NAME, token, http.get("now"));
  return credential.ok ? ok(credential.value.principal) : credential;
}

async function adminPrincipal(
  http: Http,
  token: string | undefined,
): Promise<Result<Principal, LoyaltyError>> {
  const admin = await readAdmin(http, token);
  if (!admin.ok) return admin;
  const named = http.req.header("guerdon-merchant");
  if (named === undefined || named === "") return err({ code: "merchant_not_named" });
  return actAsAdmin(admin.value, named);
}
