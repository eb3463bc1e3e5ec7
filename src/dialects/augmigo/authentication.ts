import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Authenticated } from "../../http/admission.ts";
import type { Http } from "../../http/request.ts";
import { deferrer } from "../../http/request.ts";
import { findTenantCredential } from "../../services/access/credentials.ts";
import { findStaffCredential } from "../../services/access/sign-ins.ts";
import type { StaffSites } from "../../services/access/staff.ts";
import { mayActAt } from "../../services/access/staff.ts";
import type { Context, Principal } from "../../services/context.ts";
import { makeContext } from "../../services/context.ts";
import { recallSite } from "../../services/merchants/sites.ts";

/** Name of the dialect: of its keys, and as the source of what is booked. */
const DIALECT = "augmigo";
/** Characters of an account id or a key; longer ones are nobody's, and not worth remembering. */
const MAX_CREDENTIAL = 255;

/** A call with a token: whose, and at which outlets that person may act. */
export interface SignedIn extends Authenticated {
  readonly sites: StaffSites;
}

/** A header without its outer blanks; empty when it was not sent. */
function headerText(http: Http, name: string): string {
  return (http.req.header(name) ?? "").trim();
}

/** The outlet that a request names; null when it names none. */
export function namedOutlet(http: Http): string | null {
  return headerText(http, "x-outlet-key") || null;
}

/**
 * The account that wants to sign somebody in, by its id and key: `key_missing` when either is not
 * sent, `key_unknown` or `key_expired` when they are no good together.
 */
export async function authenticateAccount(http: Http): Promise<Result<Context, LoyaltyError>> {
  const slug = headerText(http, "x-acct-id");
  const text = headerText(http, "x-api-key");
  if (slug === "" || text === "") return err({ code: "key_missing" });
  if (Math.max(slug.length, text.length) > MAX_CREDENTIAL) return err({ code: "key_unknown" });
  const found = await findTenantCredential(http.env, DIALECT, { slug, text }, http.get("now"));
  return found.ok ? ok(contextOf(http, found.value.principal)) : found;
}

/**
 * Augmigo's authentication: the token of a sign-in. An account id that is sent besides must be the
 * token's own.
 */
export async function authenticate(http: Http): Promise<Result<SignedIn, LoyaltyError>> {
  const text = headerText(http, "x-auth-token");
  if (text === "") return err({ code: "key_missing" });
  const found = await findStaffCredential(http.env, DIALECT, text, http.get("now"));
  if (!found.ok) return found;
  const { principal, keyId, unlimited, sites } = found.value;
  const account = headerText(http, "x-acct-id").toLowerCase();
  if (account !== "" && account !== principal.merchant.slug) return err({ code: "key_unknown" });
  return ok({ ctx: contextOf(http, principal), key: { id: keyId, unlimited }, sites });
}

/** Whether a call must be made at an outlet, or may be. */
export type OutletRule = "required" | "optional";

/**
 * The context of a call at its outlet: the one that it names, or else that of the sign-in. An
 * unknown one is `not_found` (site), and one where the person may not act `site_not_allowed`.
 */
export async function placeAtOutlet(
  http: Http,
  { ctx, sites }: SignedIn,
  outlet: OutletRule,
): Promise<Result<Context, LoyaltyError>> {
  const code = namedOutlet(http);
  if (code === null) {
    const isMissing = outlet === "required" && ctx.principal.siteId === null;
    return isMissing ? err({ code: "site_required" }) : ok(ctx);
  }
  const site = await recallSite(ctx, code);
  if (!site.ok) return site;
  if (!mayActAt(sites, site.value)) return err({ code: "site_not_allowed" });
  return ok(contextOf(http, { ...ctx.principal, siteId: site.value }));
}

function contextOf(http: Http, principal: Principal): Context {
  return makeContext({
    env: http.env,
    principal,
    dialect: DIALECT,
    requestId: http.get("requestId"),
    now: http.get("now"),
    guard: null,
    timing: http.get("timing"),
    defer: deferrer(http),
  });
}
