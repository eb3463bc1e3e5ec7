import { settingsOf } from "../services/context.ts";
import type { Http } from "./request.ts";

/**
 * Whether a request came over HTTPS, as the proxy in front says or else its own URL does. On a
 * developer's machine every request passes.
 */
export function isSecure(http: Http): boolean {
  if (settingsOf(http.env).environment === "local") return true;
  const forwarded = http.req.header("x-forwarded-proto") ?? "";
  const [scheme = ""] = forwarded === "" ? http.req.url.split(":") : forwarded.split(",");
  return scheme.trim().toLowerCase() === "https";
}
