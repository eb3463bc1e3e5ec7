import { Hono } from "hono";
import type { LoyaltyError } from "../../core/errors.ts";
import { closeRoutes } from "../../http/closing.ts";
import { countAddress, setRateLimitHeaders } from "../../http/rate-limit.ts";
import type { Http, HttpEnv } from "../../http/request.ts";
import { logUnexpected } from "../../http/request.ts";
import { isSecure } from "../../http/transport.ts";
import { POLICY } from "./calls.ts";
import { customerRoutes } from "./customers/operations.ts";
import { failure, insecureFailure, internalFailure, PLAIN } from "./errors.ts";
import { membershipRoutes } from "./memberships/operations.ts";
import { rewardRoutes } from "./rewards/operations.ts";
import { signInRoutes } from "./sign-in/authentication.ts";
import { voucherRoutes } from "./vouchers/operations.ts";

/** Augmigo's API, `/api/v1`. */
export function augmigoRoutes(): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  app.use(async (http, next) => {
    await next();
    setRateLimitHeaders(http, POLICY);
    http.res.headers.set("Cache-Control", "no-store");
    if (http.get("mode") === "test") http.res.headers.set("Guerdon-Mode", "test");
  });
  app.use((http, next) => (isSecure(http) ? next() : Promise.resolve(insecureFailure())));
  signInRoutes(app);
  customerRoutes(app);
  rewardRoutes(app);
  voucherRoutes(app);
  membershipRoutes(app);
  app.onError((error, http) => {
    logUnexpected(http.get("requestId"), error);
    return internalFailure();
  });
  closeRoutes(app, {
    notFound: (http) => unauthenticated(http, { code: "not_found", object: "route" }),
    methodNotAllowed: (http, allowed) =>
      unauthenticated(http, { code: "method_not_allowed", allowed }),
  });
  return app;
}

/** An answer to somebody unknown counts against the address. */
async function unauthenticated(http: Http, error: LoyaltyError): Promise<Response> {
  const counted = await countAddress(http, POLICY);
  return failure(http, counted.ok ? error : counted.error, PLAIN);
}
