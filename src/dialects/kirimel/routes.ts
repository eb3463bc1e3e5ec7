import type { Hono } from "hono";
import type { Dialect } from "../../http/dialect.ts";
import { serve } from "../../http/dialect.ts";
import { setRateLimitHeaders } from "../../http/rate-limit.ts";
import type { Http, HttpEnv } from "../../http/request.ts";
import { settingsOf } from "../../services/context.ts";
import type { Access, Signed } from "./authentication.ts";
import { authenticate, NAME, OWN_ERRORS } from "./authentication.ts";
import { bind } from "./binding.ts";
import { CALLS } from "./calls.ts";
import type { KirimelError } from "./errors.ts";
import { INTERNAL, TABLE } from "./errors.ts";
import { readFields } from "./fields.ts";

/** 100 requests a minute, bursts of 200. */
const POLICY = { capacity: 200, perMinute: 100 };

const KIRIMEL: Dialect<Signed, Access, KirimelError> = {
  name: NAME,
  policy: POLICY,
  errors: OWN_ERRORS,
  literalsWin: true,
  authenticate,
  readFields,
  bind,
  table: TABLE,
  internal: INTERNAL,
  render: {
    success: (_http, body, { status }) => ({ status, body }),
    /** The documented body; `details` is always there. */
    error(http, { row: { code, message, details = {}, ...rest } }) {
      const topLevel = wantsTopLevelMessage(http) ? { message } : {};
      const body = { success: false, error: { code, message, details }, ...topLevel };
      return { ...rest, body };
    },
    send(http, { status, body, headers }) {
      const response = new Response(JSON.stringify(body), {
        status,
        headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
      });
      setRateLimitHeaders(http, POLICY, response);
      return response;
    },
  },
  strangers: "counted",
};

/** The SDKs name their key so, and read the message there. */
const SDK_HEADER = "x-client-key";

/** Settings that cannot be read are the error that is being told: it must not fail over them. */
function wantsTopLevelMessage(http: Http): boolean {
  if (http.req.header(SDK_HEADER) !== undefined) return true;
  try {
    return settingsOf(http.env).kirimelTopLevelMessage;
  } catch {
    return false;
  }
}

/** KiriMel's loyalty API, `/api/loyalty`. */
export function kirimelRoutes(): Hono<HttpEnv> {
  return serve(KIRIMEL, CALLS);
}
