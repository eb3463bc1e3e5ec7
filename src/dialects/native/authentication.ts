import { equalInConstantTime } from "../../core/digest.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Admitted } from "../../http/admission.ts";
import { contextOf } from "../../http/dialect.ts";
import { refuseExhausted, visitOf } from "../../http/rate-limit.ts";
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
/** What the admin is counted by: by nothing. */
const ADMIN = { id: "admin", unlimited: true };

/** Who calls on a merchant's behalf, and what it is counted by. */
interface Caller {
  readonly principal: Principal;
  readonly key: typeof ADMIN;
}

const KEY = /^gd_(live|test)_/;

/** Checks the deployment's admin token, for calls that act on the deployment itself. */
export async function authenticateAdmin(
  http: Http,
): Promise<Result<Admitted<Deployment>, LoyaltyError>> {
  const admin = await readAdmin(http, readToken(http));
  return admin.ok ? ok({ caller: admin.value, principal: null, key: ADMIN }) : admin;
}

/**
 * Who calls on a merchant's behalf: a native key of the merchant, or the admin, who names it in the
 * header `Guerdon-Merchant`.
 */
export async function authenticate(http: Http): Promise<Result<Admitted<Context>, LoyaltyError>> {
  const token = readToken(http);
  const isKey = token !== undefined && KEY.test(token);
  const found = await (isKey ? findCaller(http, token) : findAdmin(http, token));
  if (!found.ok) return found;
  const { principal, key } = found.value;
  const caller = contextOf(http, NAME, principal);
  noteKeyUse(caller);
  return ok({ caller, principal, key });
}

function readToken(http: Http): string | undefined {
  return BEARER.exec(http.req.header("authorization") ?? "")?.[1];
}

async function readAdmin(
  http: Http,
  token: string | undefined,
): Promise<Result<Deployment, LoyaltyError>> {
  if (token === undefined) return err({ code: "key_missing" });
  const guesses = refuseExhausted(http);
  if (!guesses.ok) return guesses;
  const settings = settingsOf(http.env);
  const expected = settings.adminToken;
  if (expected === null || !(await equalInConstantTime(token, expected))) {
    return err({ code: "key_unknown" });
  }
  return ok({ env: http.env, settings, now: http.get("now") });
}

async function findCaller(http: Http, token: string): Promise<Result<Caller, LoyaltyError>> {
  const credential = await findCredential(visitOf(http), NAME, token);
  if (!credential.ok) return credential;
  const { principal, keyId: id, unlimited } = credential.value;
  return ok({ principal, key: { id, unlimited } });
}

async function findAdmin(
  http: Http,
  token: string | undefined,
): Promise<Result<Caller, LoyaltyError>> {
  const admin = await readAdmin(http, token);
  if (!admin.ok) return admin;
  const named = http.req.header("guerdon-merchant");
  if (named === undefined || named === "") return err({ code: "merchant_not_named" });
  const principal = await actAsAdmin(admin.value, named);
  return principal.ok ? ok({ principal: principal.value, key: ADMIN }) : principal;
}
