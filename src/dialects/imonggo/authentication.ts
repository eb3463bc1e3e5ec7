import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Authenticated } from "../../http/admission.ts";
import type { Http } from "../../http/request.ts";
import { deferrer } from "../../http/request.ts";
import { recallMerchantId } from "../../services/access/accounts.ts";
import { findCredential } from "../../services/access/credentials.ts";
import { makeContext } from "../../services/context.ts";

/** Name of the dialect: of its keys, and as the source of what is booked. */
export const DIALECT = "imonggo";

/**
 * Imonggo's authentication: the token as the user name of Basic authentication, with any password.
 * A host that names an account must name the token's.
 */
export async function authenticate(http: Http): Promise<Result<Authenticated, LoyaltyError>> {
  const text = readToken(http.req.header("authorization"));
  if (text === null) return err({ code: "key_missing" });
  const found = await findCredential(http.env, DIALECT, text, http.get("now"));
  if (!found.ok) return found;
  const { principal, keyId, unlimited } = found.value;
  const { id, slug } = principal.merchant;
  const label = hostLabel(http);
  const named = label === null || label === slug ? id : await accountOf(http, label);
  if (named !== null && named !== id) return err({ code: "key_unknown" });
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

/** The id of the account that the request's host names; null when it names none. */
export async function namedAccount(http: Http): Promise<string | null> {
  const label = hostLabel(http);
  return label === null ? null : accountOf(http, label);
}

function accountOf(http: Http, slug: string): Promise<string | null> {
  return recallMerchantId(http.env, slug, http.get("now"));
}

/** The first part of a host name of several parts: where an account's name stands. */
function hostLabel(http: Http): string | null {
  const { hostname } = new URL(http.req.url);
  const [label = "", ...others] = hostname.split(".");
  const isAddress = /^(?:[\d.]+|\[.*)$/.test(hostname);
  return isAddress || others.length === 0 ? null : label.toLowerCase();
}

const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;
/** Characters of a header that is worth reading: clients send real passwords behind the token. */
const MAX_HEADER = 4_096;

const TOKEN = /^[0-9a-f]{40}$/;

/** The token as the name of Basic authentication; the password may be in whatever encoding. */
function readToken(header: string | undefined): string | null {
  const trimmed = header?.trim() ?? "";
  const [, encoded] = trimmed.length > MAX_HEADER ? [] : (BASIC.exec(trimmed) ?? []);
  if (encoded === undefined) return null;
  try {
    const [token = ""] = atob(encoded).split(":", 1);
    return TOKEN.test(token) ? token : null;
  } catch {
    return null;
  }
}
