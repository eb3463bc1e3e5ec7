import type { Hono } from "hono";
import { sha256Hex } from "../../../core/digest.ts";
import type { LoyaltyError } from "../../../core/errors.ts";
import type { Result } from "../../../core/result.ts";
import { err } from "../../../core/result.ts";
import { readBasic } from "../../../http/basic.ts";
import { countAddress, countBucket } from "../../../http/rate-limit.ts";
import type { Http, HttpEnv } from "../../../http/request.ts";
import type { SignIn } from "../../../services/access/sign-ins.ts";
import { signIn } from "../../../services/access/sign-ins.ts";
import { authenticateAccount, namedOutlet } from "../authentication.ts";
import type { Wording } from "../errors.ts";
import { respond } from "../errors.ts";
import { signInBody } from "../mapping.ts";

/**
 * Attempts of one address, account and person: every one counts, the successful too, because a
 * password costs time to check and a token a row to keep. Bursts are for the opening hour.
 */
const PER_ADDRESS = { capacity: 60, perMinute: 30 };
const PER_ACCOUNT = { capacity: 200, perMinute: 100 };
const PER_PERSON = { capacity: 20, perMinute: 10 };

const WORDING: Wording = {
  failure: 400,
  texts: {
    key_missing: () => "Missing account id or api key",
    key_unknown: () => "Failed to authenticate",
    key_expired: () => "Failed to authenticate",
    site_required: () => "Missing outlet key",
    site_not_allowed: () => "User is not authorized due to outlet is not granted",
  },
};

/** Signing in, on the path of the documentation's text and on that of its sample. */
export function signInRoutes(app: Hono<HttpEnv>): void {
  for (const path of ["/merchant/auth", "/auth"]) {
    app.post(path, async (http) => {
      const signedIn = await attempt(http);
      return respond(
        http,
        signedIn.ok ? { ...signedIn, value: signInBody(signedIn.value) } : signedIn,
        WORDING,
      );
    });
  }
}

/** Who has no valid key learns nothing about persons, and whose password is wrong, no outlets. */
async function attempt(http: Http): Promise<Result<SignIn, LoyaltyError>> {
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
  return signIn(ctx, { ...basic, site: namedOutlet(http) });
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
