import { sha256Hex } from "../../core/digest.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Admitted } from "../../http/admission.ts";
import { contextOf } from "../../http/dialect.ts";
import { countAddress, countBucket, visitOf } from "../../http/rate-limit.ts";
import type { Http } from "../../http/request.ts";
import { recallMerchantId } from "../../services/access/accounts.ts";
import { findCredential } from "../../services/access/credentials.ts";
import { noteKeyUse } from "../../services/access/key-uses.ts";
import type { Context } from "../../services/context.ts";
import type { OpenOwn, Visitor } from "./endpoints.ts";

/** Name of the dialect: of its keys, and as the source of what is booked. */
export const NAME = "imonggo";

/**
 * Imonggo's authentication: the token as the user name of Basic authentication, with any password.
 * A host that names an account must name the token's.
 */
export async function authenticate(http: Http): Promise<Result<Admitted<Context>, LoyaltyError>> {
  const text = readToken(http.req.header("authorization"));
  if (text === null) return err({ code: "key_missing" });
  const found = await findCredential(visitOf(http), NAME, text);
  if (!found.ok) return found;
  const { principal, keyId, unlimited } = found.value;
  const { id, slug } = principal.merchant;
  const { url } = http.req;
  const named = hostLabel(url) === slug ? id : await namedAccount(visitorOf(http), url);
  if (named !== null && named !== id) return err({ code: "key_unknown" });
  const caller = contextOf(http, NAME, principal);
  noteKeyUse(caller);
  return ok({ caller, principal, key: { id: keyId, unlimited } });
}

/** Lets those in who have no token yet: as often as the call allows one address. */
export async function admitVisitor(
  http: Http,
  call: OpenOwn | null,
): Promise<Result<Admitted<Visitor>, LoyaltyError>> {
  const counted = call === null ? ok(null) : await countAddress(http, call.rate);
  return counted.ok ? ok({ caller: visitorOf(http), principal: null, key: null }) : counted;
}

function visitorOf(http: Http): Visitor {
  return {
    env: http.env,
    now: http.get("now"),
    async countAttempt(merchantId, username) {
      // A user name may be an e-mail address, which is not to be the name of an object.
      const person = await sha256Hex(`${merchantId ?? ""}/${username}`);
      return countBucket(http, `token/${person}`, PER_PERSON);
    },
  };
}

/** Look-ups with a password of one person, wherever they come from. */
const PER_PERSON = { capacity: 20, perMinute: 10 };

/** The id of the account that a URL's host names; null when it names none. */
export async function namedAccount(
  { env, now }: Pick<Visitor, "env" | "now">,
  url: string,
): Promise<string | null> {
  const label = hostLabel(url);
  return label === null ? null : recallMerchantId(env, label, now);
}

/** The first part of a host name of several parts: where an account's name stands. */
function hostLabel(url: string): string | null {
  const { hostname } = new URL(url);
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
