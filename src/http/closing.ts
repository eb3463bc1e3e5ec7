import type { Hono } from "hono";
import type { LoyaltyError } from "../core/errors.ts";
import type { Http, HttpEnv } from "./request.ts";

/** How a dialect refuses; null passes a request on to other dialects. */
type Refuse = (http: Http, error: LoyaltyError) => Promise<Response> | null;

/**
 * Ends a dialect's routes: a known path with another method, and any unknown path of `rest`, are
 * refused in the dialect's own form. Called last, because a sub-app's `notFound` is ignored once it
 * is mounted. HEAD is answered by GET's handler.
 */
export function closeRoutes(app: Hono<HttpEnv>, refuse: Refuse, rest = "*"): void {
  closeMethods(app, refuse);
  app.all(rest, (http, next) => refuse(http, { code: "not_found", object: "route" }) ?? next());
}

/** Refuses other methods on the paths that there are so far, before later paths are looked at. */
export function closeMethods(app: Hono<HttpEnv>, refuse: Refuse): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method === "ALL") continue;
    methods.set(path, (methods.get(path) ?? new Set()).add(method));
  }
  for (const [path, allowed] of methods) {
    const error = { code: "method_not_allowed", allowed: [...allowed] } as const;
    app.all(path, (http, next) => refuse(http, error) ?? next());
  }
}
