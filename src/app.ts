import { Hono } from "hono";
import { KEY_FORM as augmigo } from "./dialects/augmigo/keys.ts";
import { augmigoRoutes } from "./dialects/augmigo/routes.ts";
import { KEY_FORM as imonggo } from "./dialects/imonggo/keys.ts";
import { imonggoRoutes } from "./dialects/imonggo/routes.ts";
import { KEY_FORM as kirimel } from "./dialects/kirimel/keys.ts";
import { kirimelRoutes } from "./dialects/kirimel/routes.ts";
import { KEY_FORM as microgenn } from "./dialects/microgenn/keys.ts";
import { microgennRoutes } from "./dialects/microgenn/routes.ts";
import { KEY_FORM as native } from "./dialects/native/keys.ts";
import { answerStrangers, nativeRoutes } from "./dialects/native/routes.ts";
import { routingPath } from "./http/path.ts";
import type { HttpEnv } from "./http/request.ts";
import { nameRequest } from "./http/request.ts";

/** What keys look like, by the dialect whose they are. */
const KEY_FORMS = { native, kirimel, microgenn, augmigo, imonggo };

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
  app.route("/loyalty/v1", nativeRoutes(KEY_FORMS));
  app.route("/api/loyalty", kirimelRoutes());
  app.route("/api/v1", augmigoRoutes());
  app.route("/", imonggoRoutes());
  app.route("/api/:slug", microgennRoutes());
  answerStrangers(app);
  return app;
}
