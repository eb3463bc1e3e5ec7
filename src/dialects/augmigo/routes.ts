import { Hono } from "hono";
import { ok } from "../../core/result.ts";
import type { Admitted } from "../../http/admission.ts";
import type { Endpoint } from "../../http/calls.ts";
import type { Dialect, Shown } from "../../http/dialect.ts";
import { close, mount } from "../../http/dialect.ts";
import { setRateLimitHeaders } from "../../http/rate-limit.ts";
import type { Http, HttpEnv } from "../../http/request.ts";
import { isSecure } from "../../http/transport.ts";
import type { SignedIn } from "./authentication.ts";
import { authenticate, NAME, OWN_ERRORS, placeAtOutlet } from "./authentication.ts";
import { CALLS } from "./calls.ts";
import type { Particulars, Wording } from "./declaration.ts";
import type { AugmigoError } from "./errors.ts";
import { INSECURE, INTERNAL, TABLE, wordRefusal } from "./errors.ts";
import { readFields, readRequest } from "./readers.ts";
import type { Attempt } from "./sign-in/authentication.ts";
import { admitAttempt } from "./sign-in/authentication.ts";
import { SIGN_IN_CALLS, SIGN_IN_WORDING } from "./sign-in/calls.ts";

/** 600 requests a minute; a whole minute's may come at once. */
const POLICY = { capacity: 600, perMinute: 600 };

/** The wording of what is refused before an endpoint is asked. */
const PLAIN: Wording = { failure: 400 };

const COMMON = { name: NAME, table: TABLE, internal: INTERNAL, strangers: "counted" } as const;

const AUGMIGO: Dialect<SignedIn, Particulars, AugmigoError> = {
  ...COMMON,
  policy: POLICY,
  errors: OWN_ERRORS,
  authenticate,
  place: placeAtOutlet,
  readFields: (http, { read = readFields }) => readRequest(http, read),
  render: {
    success,
    error: (http, refusal, call) => wordRefusal(http, refusal, call ?? PLAIN),
    send,
  },
};

/** Signing in counts its attempts by itself, and is refused in words of its own from the start. */
const SIGN_IN: Dialect<Admitted<Attempt>, object, AugmigoError> = {
  ...COMMON,
  policy: null,
  errors: [],
  authenticate: admitAttempt,
  readFields: async () => ok({}),
  render: {
    success,
    error: (http, refusal) => wordRefusal(http, refusal, SIGN_IN_WORDING),
    send,
  },
};

function success(_http: Http, body: unknown, { status }: Endpoint): Shown {
  return { status, body };
}

const JSON_TYPE = { "Content-Type": "application/json; charset=utf-8" };

/** Without a body where that is null; no answer may be cached, whatever it says. */
function send(http: Http, { status, body, headers }: Shown): Response {
  const response =
    status === 204
      ? new Response(null, { status, headers: { ...headers } })
      : new Response(body === null ? "" : JSON.stringify(body), {
          status,
          headers: {
            ...JSON_TYPE,
            ...(body === null ? { "Content-Length": "0" } : {}),
            ...headers,
          },
        });
  setRateLimitHeaders(http, POLICY, response);
  response.headers.set("Cache-Control", "no-store");
  if (http.get("mode") === "test") response.headers.set("Guerdon-Mode", "test");
  return response;
}

/** Augmigo's API, `/api/v1`. */
export function augmigoRoutes(): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  app.use(async (http, next) =>
    isSecure(http) ? next() : send(http, wordRefusal(http, { row: INSECURE, error: null }, PLAIN)),
  );
  mount(app, SIGN_IN, SIGN_IN_CALLS);
  mount(app, AUGMIGO, CALLS);
  close(app, AUGMIGO);
  return app;
}
