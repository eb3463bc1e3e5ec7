import type { LoyaltyError, LoyaltyErrorCode } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Admitted } from "../../http/admission.ts";
import { contextOf } from "../../http/dialect.ts";
import { visitOf } from "../../http/rate-limit.ts";
import type { Http } from "../../http/request.ts";
import { noteKeyUse } from "../../services/access/key-uses.ts";
import { findStaffCredential } from "../../services/access/sign-ins.ts";
import type { StaffSites } from "../../services/access/staff.ts";
import { mayActAt } from "../../services/access/staff.ts";
import type { Context } from "../../services/context.ts";
import { recallSite } from "../../services/merchants/sites.ts";
import type { Particulars } from "./declaration.ts";

/** Name of the dialect: of its keys, and as the source of what is booked. */
export const NAME = "augmigo";

/** What is said of outlets before a call is let in. */
export const OWN_ERRORS = [
  "not_found",
  "site_required",
  "site_not_allowed",
] as const satisfies readonly LoyaltyErrorCode[];

/** A call with a token: whose, and at which outlets that person may act. */
export interface SignedIn extends Admitted<Context> {
  readonly sites: StaffSites;
}

/** A header without its outer blanks; empty when it was not sent. */
export function headerText(http: Http, name: string): string {
  return (http.req.header(name) ?? "").trim();
}

/** The outlet that a request names; null when it names none. */
export function namedOutlet(http: Http): string | null {
  return headerText(http, "x-outlet-key") || null;
}

/**
 * Augmigo's authentication: the token of a sign-in. An account id that is sent besides must be the
 * token's own.
 */
export async function authenticate(http: Http): Promise<Result<SignedIn, LoyaltyError>> {
  const text = headerText(http, "x-auth-token");
  if (text === "") return err({ code: "key_missing" });
  const found = await findStaffCredential(visitOf(http), NAME, text);
  if (!found.ok) return found;
  const { principal, keyId, unlimited, sites } = found.value;
  const account = headerText(http, "x-acct-id").toLowerCase();
  if (account !== "" && account !== principal.merchant.slug) return err({ code: "key_unknown" });
  const caller = contextOf(http, NAME, principal);
  noteKeyUse(caller);
  return ok({ caller, principal, key: { id: keyId, unlimited }, sites });
}

/**
 * The call at its outlet: the one that it names, or else that of the sign-in. An unknown one is
 * `not_found` (site), and one where the person may not act `site_not_allowed`.
 */
export async function placeAtOutlet(
  http: Http,
  admitted: SignedIn,
  call: Particulars | null,
): Promise<Result<SignedIn, LoyaltyError>> {
  const { caller, sites } = admitted;
  const code = namedOutlet(http);
  if (code === null) {
    const isMissing = call?.outlet === "required" && caller.principal.siteId === null;
    return isMissing ? err({ code: "site_required" }) : ok(admitted);
  }
  const site = await recallSite(caller, code);
  if (!site.ok) return site;
  if (!mayActAt(sites, site.value)) return err({ code: "site_not_allowed" });
  const principal = { ...caller.principal, siteId: site.value };
  return ok({ ...admitted, caller: contextOf(http, NAME, principal), principal });
}
