import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Admitted } from "../../http/admission.ts";
import { contextOf } from "../../http/dialect.ts";
import { visitOf } from "../../http/rate-limit.ts";
import type { Http } from "../../http/request.ts";
import { findTenantCredential } from "../../services/access/credentials.ts";
import { noteKeyUse } from "../../services/access/key-uses.ts";
import type { Context } from "../../services/context.ts";

/** Name of the dialect: of its keys, and as the source of what is booked. */
export const NAME = "microgenn";

/**
 * Microgenn's authentication: the key in `X-API-Key`, for the tenant whose slug the path names. The
 * mode is that of the key's record, and the key's prefix must agree with it.
 */
export async function authenticate(http: Http): Promise<Result<Admitted<Context>, LoyaltyError>> {
  const text = (http.req.header("x-api-key") ?? "").trim();
  if (text === "") return err({ code: "key_missing" });
  const tenant = { slug: http.req.param("slug") ?? "", text };
  const found = await findTenantCredential(visitOf(http), NAME, tenant);
  if (!found.ok) return found;
  const { principal, keyId, unlimited } = found.value;
  if (!text.startsWith(`mg_${principal.mode}_`)) return err({ code: "key_unknown" });
  const caller = contextOf(http, NAME, principal);
  noteKeyUse(caller);
  return ok({ caller, principal, key: { id: keyId, unlimited } });
}
