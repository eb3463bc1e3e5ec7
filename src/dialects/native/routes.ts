import { Hono } from "hono";
import type { Admitted } from "../../http/admission.ts";
import type { Dialect } from "../../http/dialect.ts";
import { close, fail, failUnexpectedly, mount } from "../../http/dialect.ts";
import { setRateLimitHeaders } from "../../http/rate-limit.ts";
import type { HttpEnv } from "../../http/request.ts";
import { logUnexpected } from "../../http/request.ts";
import type { Context } from "../../services/context.ts";
import type { Deployment } from "../../services/merchants/merchants.ts";
import type { KeyForms } from "./access/calls.ts";
import { authenticate, authenticateAdmin, NAME } from "./authentication.ts";
import { DEPLOYMENT_CALLS, nativeCalls } from "./calls.ts";
import type { Conditional } from "./declarations.ts";
import { describeProblem, INTERNAL, OWN_ERRORS, TABLE } from "./errors.ts";
import { readFields } from "./fields.ts";
import type { Problem } from "./problem.ts";
import { problemBody } from "./problem.ts";

/** 600 requests a minute; a whole minute's may come at once. */
const POLICY = { capacity: 600, perMinute: 600 };
/** Fewer of who does not authenticate: they guess, at the admin's token too. */
const FAILURES = { capacity: 100, perMinute: 60 };

/** What calls have in common, whoever may make them. */
const COMMON = {
  name: NAME,
  policy: POLICY,
  failures: FAILURES,
  admitsPending: true,
  errors: OWN_ERRORS,
  readFields,
  table: TABLE,
  internal: INTERNAL,
  render: {
    success: (_http, body, { status }) => ({ status, body }),
    error: (http, { row, error }) => ({
      status: row.status,
      body: {
        ...problemBody(row, error),
        instance: http.req.path,
        request_id: http.get("requestId"),
      },
      headers: { "Content-Type": "application/problem+json", ...row.headers },
    }),
    send(http, { status, body, headers }) {
      const response = new Response(JSON.stringify(body), {
        status,
        headers: { "Content-Type": "application/json", ...headers },
      });
      setRateLimitHeaders(http, POLICY, response);
      return response;
    },
  },
  strangers: "anybody",
} satisfies Omit<Dialect<Admitted<unknown>, Conditional, Problem>, "authenticate">;

const NATIVE: Dialect<Admitted<Context>, Conditional, Problem> = { ...COMMON, authenticate };

const DEPLOYMENT: Dialect<Admitted<Deployment>, Conditional, Problem> = {
  ...COMMON,
  authenticate: authenticateAdmin,
};

/** The native API, `/loyalty/v1`, which makes keys of these forms. */
export function nativeRoutes(forms: KeyForms): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  mount(app, DEPLOYMENT, DEPLOYMENT_CALLS);
  mount(app, NATIVE, nativeCalls({ forms, describe: describeProblem }));
  close(app, NATIVE);
  return app;
}

/** What is no dialect's is answered as the native API answers it. */
export function answerStrangers(app: Hono<HttpEnv>): void {
  app.notFound((http) => fail(http, NATIVE, { code: "not_found", object: "route" }, null));
  app.onError((error, http) => {
    logUnexpected(http.get("requestId"), error);
    return failUnexpectedly(http, NATIVE);
  });
}
