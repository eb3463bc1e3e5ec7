import { Hono } from "hono";
import type { LoyaltyError } from "../../core/errors.ts";
import { closeRoutes } from "../../http/closing.ts";
import { countAddress, setRateLimitHeaders } from "../../http/rate-limit.ts";
import type { Http, HttpEnv } from "../../http/request.ts";
import { logUnexpected } from "../../http/request.ts";
import { POLICY } from "./calls.ts";
import { customerRoutes } from "./customers/operations.ts";
import { failure, internalFailure } from "./errors.ts";
import { pointsRoutes } from "./points/operations.ts";
import { voucherRoutes } from "./vouchers/operations.ts";

/** Literal paths that win over `/customers/{id}` and `/vouchers/{code}`, whatever the method. */
const POST_ONLY = ["/customers/register", "/vouchers/redeem", "/vouchers/issue"];

/** KiriMel's loyalty API, `/api/loyalty`. */
export function kirimelRoutes(): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  app.use(async (http, next) => {
    await next();
    setRateLimitHeaders(http, POLICY);
  });
  for (const path of POST_ONLY) {
    app.all(path, (http, next) =>
      http.req.method === "POST"
        ? next()
        : unauthenticated(http, { code: "method_not_allowed", allowed: ["POST"] }),
    );
  }
  customerRoutes(app);
  pointsRoutes(app);
  voucherRoutes(app);
  app.onError((error, http) => {
    logUnexpected(http.get("requestId"), error);
    return internalFailure(http);
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
  return failure(http, counted.ok ? error : counted.error);
}
