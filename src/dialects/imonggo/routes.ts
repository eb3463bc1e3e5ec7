import { Hono } from "hono";
import type { Admitted } from "../../http/admission.ts";
import type { Dialect } from "../../http/dialect.ts";
import { close, mount } from "../../http/dialect.ts";
import { setRateLimitHeaders } from "../../http/rate-limit.ts";
import type { HttpEnv } from "../../http/request.ts";
import type { Context } from "../../services/context.ts";
import { admitVisitor, authenticate, NAME } from "./authentication.ts";
import { CALLS, OPEN_CALLS } from "./calls.ts";
import { texts } from "./documents.ts";
import type { OpenOwn, Own, Visitor } from "./endpoints.ts";
import { POLICY } from "./endpoints.ts";
import type { ImonggoError } from "./errors.ts";
import { INTERNAL, TABLE } from "./errors.ts";
import { readFields } from "./fields.ts";
import { formatOf } from "./formats.ts";
import { isOwn } from "./paths.ts";

const BARE = { "Content-Type": "text/plain; charset=UTF-8" };

/** What calls with and without a token have in common. */
const COMMON = {
  name: NAME,
  policy: POLICY,
  errors: [],
  owns: (http) => isOwn(http.req.path),
  readFields,
  table: TABLE,
  internal: INTERNAL,
  render: {
    format: formatOf,
    success: (_http, body, { status, bare }) => ({ status, body, headers: bare ? BARE : {} }),
    error(http, { row: { texts: all, status, headers } }, call) {
      const error = all.join(", ");
      if (call?.bare) return { status, body: error, headers: { ...headers, ...BARE } };
      const isJson = formatOf(http) === "json";
      const body = isJson ? JSON.stringify({ error }) : texts("errors", "error", all);
      return { status, body, headers: { ...headers } };
    },
    send(http, { status, body, headers }) {
      const type = { "Content-Type": `application/${formatOf(http)}; charset=utf-8` };
      const response = new Response(String(body), { status, headers: { ...type, ...headers } });
      setRateLimitHeaders(http, POLICY, response);
      response.headers.set("Cache-Control", "no-store");
      if (http.get("mode") === "test") response.headers.set("Guerdon-Mode", "test");
      return response;
    },
  },
  strangers: "authenticated",
} satisfies Omit<Dialect<Admitted<unknown>, Own, ImonggoError>, "authenticate">;

/** Imonggo's calls with a token. */
export const IMONGGO: Dialect<Admitted<Context>, Own, ImonggoError> = { ...COMMON, authenticate };

/** Its calls without one, each of which counts addresses by itself. */
const OPEN: Dialect<Admitted<Visitor>, OpenOwn, ImonggoError> = {
  ...COMMON,
  policy: null,
  authenticate: admitVisitor,
};

/**
 * Imonggo's API: `/api/{resource}.xml|json` and `/system/api_url`. Mount it before the dialects
 * whose tenants stand where its resources do: what could be a tenant is passed on.
 */
export function imonggoRoutes(): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  mount(app, OPEN, OPEN_CALLS);
  mount(app, IMONGGO, CALLS);
  close(app, IMONGGO, "/api/*");
  return app;
}
