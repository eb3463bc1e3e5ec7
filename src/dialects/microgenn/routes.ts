import type { Hono } from "hono";
import { ok } from "../../core/result.ts";
import type { Admitted } from "../../http/admission.ts";
import type { Dialect } from "../../http/dialect.ts";
import { serve } from "../../http/dialect.ts";
import { setRateLimitHeaders } from "../../http/rate-limit.ts";
import type { HttpEnv } from "../../http/request.ts";
import { readBody } from "../../http/wire/body.ts";
import { presentFields } from "../../http/wire/fields.ts";
import type { Context } from "../../services/context.ts";
import { isReservedSlug } from "../../services/merchants/merchants.ts";
import { authenticate, NAME } from "./authentication.ts";
import { CALLS } from "./calls.ts";
import type { MicrogennError } from "./errors.ts";
import { INTERNAL, TABLE } from "./errors.ts";
import { MAX_BODY_BYTES, readFields } from "./schemas.ts";

/** 600 requests a minute; a whole minute's may come at once. */
const POLICY = { capacity: 600, perMinute: 600 };

const SLUG = /^[a-z0-9]+(?:[-_][a-z0-9]+)*$/i;

const MICROGENN: Dialect<Admitted<Context>, object, MicrogennError> = {
  name: NAME,
  policy: POLICY,
  errors: [],
  owns(http) {
    const slug = http.req.param("slug") ?? "";
    return SLUG.test(slug) && !isReservedSlug(slug);
  },
  authenticate,
  /** A reading call has its fields in the query, a writing one in the body, neither in both. */
  async readFields(http) {
    if (http.req.method !== "POST") return ok(presentFields(http.req.query()));
    const body = await readBody(http.req.raw, MAX_BODY_BYTES);
    return body.ok ? readFields(body.value, http.req.header("content-type") ?? "") : body;
  },
  table: TABLE,
  internal: INTERNAL,
  render: {
    success: (_http, body, { status }) => ({ status, body }),
    error: (_http, { row: { error, ...rest } }) => ({ ...rest, body: { error } }),
    /** What a sandbox key gets says so in its last key. */
    send(http, { status, body, headers }) {
      const marked = http.get("mode") === "test" ? { ...(body as object), sandbox: true } : body;
      const response = new Response(JSON.stringify(marked), {
        status,
        headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
      });
      setRateLimitHeaders(http, POLICY, response);
      return response;
    },
  },
  strangers: "authenticated",
};

/**
 * Microgenn's Partner API, `/api/{slug}`. Mount it after every dialect with a path of its own below
 * `/api`: what their paths begin with is no slug and is passed on.
 */
export function microgennRoutes(): Hono<HttpEnv> {
  return serve(MICROGENN, CALLS);
}
