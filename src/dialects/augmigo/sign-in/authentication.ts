import { sha256Hex } from "../../../core/digest.ts";
import type { LoyaltyError } from "../../../core/errors.ts";
import type { Result } from "../../../core/result.ts";
import { err, ok } from "../../../core/result.ts";
import type { Admitted } from "../../../http/admission.ts";
import { readBasic } from "../../../http/basic.ts";
import { contextOf } from "../../../http/dialect.ts";
import { countAddress, countBucket, visitOf } from "../../../http/rate-limit.ts";
import type { Http } from "../../../http/request.ts";
import { findTenantCredential } from "../../../services/access/credentials.ts";
import { noteKeyUse } from "../../../services/access/key-uses.ts";
import type { SignInInput } from "../../../services/access/sign-ins.ts";
import type { Context } from "../../../services/context.ts";
import { headerText, NAME, namedOutlet } from "../authentication.ts";

/**
 * Attempts of one address, account and person: every one counts, the successful too, because a
 * password costs time to check and a token a row to keep. Bursts are for the opening hour.
 */
const PER_ADDRESS = { capacity: 60, perMinute: 30 };
const PER_ACCOUNT = { capacity: 200, perMinute: 100 };
const PER_PERSON = { capacity: 20, perMinute: 10 };

/** Characters of an account id or a key; longer ones are nobody's, and not worth remembering. */
const MAX_CREDENTIAL = 255;

/** Who wants to sign in, at an account whose key was good. */
export interface Attempt {
  readonly ctx: Context;
  readonly person: SignInInput;
}

/**
 * Lets an attempt in that no limit refuses. Who has no valid key learns nothing about persons, and
 * uses up nobody's attempts.
 */
export async function admitAttempt(http: Http): Promise<Result<Admitted<Attempt>, LoyaltyError>> {
  const counted = await countAddress(http, PER_ADDRESS);
  if (!counted.ok) return counted;
  const account = await authenticateAccount(http);
  if (!account.ok) return account;
  const ctx = account.value;
  http.set("mode", ctx.principal.mode);
  const basic = readBasic(http.req.header("authorization"));
  if (basic === null) return err({ code: "staff_credentials_invalid" });
  const limited = await countAttempt(http, ctx.principal.merchant.id, basic.username);
  if (!limited.ok) return limited;
  const caller = { ctx, person: { ...basic, site: namedOutlet(http) } };
  return ok({ caller, principal: null, key: null });
}

/**
 * The account that wants to sign somebody in, by its id and key: `key_missing` when either is not
 * sent, `key_unknown` or `key_expired` when they are no good together.
 */
async function authenticateAccount(http: Http): Promise<Result<Context, LoyaltyError>> {
  const slug = headerText(http, "x-acct-id");
  const text = headerText(http, "x-api-key");
  if (slug === "" || text === "") return err({ code: "key_missing" });
  if (Math.max(slug.length, text.length) > MAX_CREDENTIAL) return err({ code: "key_unknown" });
  const found = await findTenantCredential(visitOf(http), NAME, { slug, text });
  if (!found.ok) return found;
  const ctx = contextOf(http, NAME, found.value.principal);
  noteKeyUse(ctx);
  return ok(ctx);
}

/** Counted before the password is looked at, and whether or not there is such a person. */
async function countAttempt(
  http: Http,
  merchantId: string,
  username: string,
): Promise<Result<null, LoyaltyError>> {
  const account = `sign-in/${merchantId}`;
  const counted = await countBucket(http, account, PER_ACCOUNT);
  if (!counted.ok) return counted;
  // A user name may be an e-mail address, which is not to be the name of an object.
  const person = await sha256Hex(`${merchantId}/${username}`);
  return countBucket(http, `${account}/${person}`, PER_PERSON);
}
