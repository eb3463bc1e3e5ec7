import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Authenticated } from "../../http/admission.ts";
import type { Http } from "../../http/request.ts";
import { deferrer } from "../../http/request.ts";
import { findTenantCredential } from "../../services/access/credentials.ts";
import { makeContext } from "../../services/context.ts";

/** Name of the dialect: of its keys, and as the source of what is booked. */
const DIALECT = "microgenn";

/**
 * Microgenn's authentication: the key in `X-API-Key`, for the tenant whose slug the path names. The
 * mode is that of the key's record, and the key's prefix must agree with it.
 */
export async function authenticate(http: Http): Promise<Result<Authenticated, LoyaltyError>> {
  const text = (http.req.header("x-api-key") ?? "").trim();
  if (text === "") return err({ code: "key_missing" });
  const tenant = { slug: http.req.param("slug") ?? "", text };
  const found = await findTenantCredential(http.env, DIALECT, tenant, http.get("now"));
  if (!found.ok) return found;
  const { principal, keyId, unlimited } = found.value;
  if (!text.startsWith(`mg_${principal.mode}_`)) return err({ code: "key_unknown" });
  const ctx = makeContext({
    env: http.env,
    principal,
    dialect: DIALECT,
    requestId: http.get("requestId"),
    now: http.get("now"),
    guard: null,
    timing: http.get("timing"),
    defer: deferrer(http),
  });
  return ok({ ctx, key: { id: keyId, unlimited } });
}
