import { Hono } from "hono";
import { augmigoRoutes } from "./dialects/augmigo/routes.ts";
import { imonggoRoutes } from "./dialects/imonggo/routes.ts";
import { kirimelRoutes } from "./dialects/kirimel/routes.ts";
import { microgennRoutes } from "./dialects/microgenn/routes.ts";
import { internalProblem, problem } from "./dialects/native/errors.ts";
import { nativeRoutes } from "./dialects/native/routes.ts";
import { routingPath } from "./http/path.ts";
import type { HttpEnv } from "./http/request.ts";
import { logUnexpected, nameRequest } from "./http/request.ts";

/** The whole service: every dialect at its vendor's own path. */
export function createApp(): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>({ getPath: routingPath });
  app.use(async (http, next) => {
    nameRequest(http);
    await next();
    const { wallet } = http.get("timing");
    const total = Date.now() - http.get("now");
    http.res.headers.set("Request-Id", http.get("requestId"));
    http.res.headers.set("Server-Timing", `app;dur=${total - wallet}, wallet;dur=${wallet}`);
  });
  app.route("/loyalty/v1", nativeRoutes());
  app.route("/api/loyalty", kirimelRoutes());
  app.route("/api/v1", augmigoRoutes());
  app.route("/", imonggoRoutes());
  app.route("/api/:slug", microgennRoutes());
  app.notFound((http) => problem(http, { code: "not_found", object: "route" }));
  app.onError((error, http) => {
    logUnexpected(http.get("requestId"), error);
    return internalProblem(http);
  });
  return app;
}
