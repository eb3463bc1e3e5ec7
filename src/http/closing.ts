import type { Hono } from "hono";
import type { Http, HttpEnv } from "./request.ts";

/**
 * Ends a dialect's routes: a known path with another method, and any unknown path below the
 * dialect, answer in the dialect's own form. Called last, because a sub-app's `notFound` is
 * ignored once it is mounted. HEAD is answered by GET's handler.
 */
export function closeRoutes(
  app: Hono<HttpEnv>,
  answers: {
    readonly notFound: (http: Http) => Response | Promise<Response>;
    readonly methodNotAllowed: (
      http: Http,
      allowed: readonly string[],
    ) => Response | Promise<Response>;
  },
): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method === "ALL") continue;
    methods.set(path, (methods.get(path) ?? new Set()).add(method));
  }
  for (const [path, allowed] of methods) {
    app.all(path, (http) => answers.methodNotAllowed(http, [...allowed]));
  }
  app.all("*", answers.notFound);
}
