import type * as z from "zod";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { admit } from "../../http/admission.ts";
import { setRateLimitHeaders } from "../../http/rate-limit.ts";
import type { Http } from "../../http/request.ts";
import { readBody } from "../../http/wire/body.ts";
import type { Fields } from "../../http/wire/fields.ts";
import { findIllFormed, validate } from "../../http/wire/validation.ts";
import type { Context, Scope } from "../../services/context.ts";
import { authenticate } from "./authentication.ts";
import { failure, respond } from "./errors.ts";
import { EXTENSION, namedFormat } from "./formats.ts";
import type { Content } from "../../http/documents.ts";
import type { Reader } from "./schemas.ts";
import { MAX_BODY_BYTES, readDocument } from "./schemas.ts";

/** 300 requests a minute; a whole minute's may come at once. */
export const POLICY = { capacity: 300, perMinute: 300 };

/** What a call answers: the content of its body, or an error for the table. */
export type Answer = Promise<Result<Content, LoyaltyError>>;

/** A call of the dialect. */
export interface Call<S extends z.ZodType> {
  readonly scope: Scope;
  readonly read: Reader;
  readonly schema: S;
  /** Status of a success; 200 if nothing is said. */
  readonly success?: 201;
  /** `id` is the number in the path; 0, which nothing has, where the path has none. */
  readonly act: (ctx: Context, wire: z.output<S>, id: number) => Answer;
}

/** The way of every call: token, rate, scope, id, parameters, the act, the answer. */
export function handle<S extends z.ZodType>(call: Call<S>): (http: Http) => Promise<Response> {
  return async (http) => {
    const admitted = await admit(http, POLICY, call.scope, () => authenticate(http));
    if (!admitted.ok) return failure(http, admitted.error);
    const id = pathNumber(http);
    if (id === null) return failure(http, { code: "not_found", object: "route" });
    const fields = await requestFields(http, call.read);
    if (!fields.ok) return failure(http, fields.error);
    const wire = validate(call.schema, fields.value);
    if (!wire.ok) return failure(http, wire.error);
    return respond(http, await call.act(admitted.value.ctx, wire.value, id), call.success);
  };
}

/** Answers a path or method that there is none of, to those who may know. */
export async function refuse(http: Http, error: LoyaltyError): Promise<Response> {
  const admitted = await admit(http, POLICY, null, () => authenticate(http));
  return failure(http, admitted.ok ? error : admitted.error);
}

/** Sets what every answer of the dialect carries. */
export function finish(http: Http, response: Response): Response {
  setRateLimitHeaders(http, POLICY, response);
  response.headers.set("Cache-Control", "no-store");
  if (http.get("mode") === "test") response.headers.set("Guerdon-Mode", "test");
  return response;
}

const NUMBER = /^\d{1,12}$/;

/** The number in the path without its extension; null when what stands there is none. */
function pathNumber(http: Http): number | null {
  const text = http.req.param("id");
  if (text === undefined) return 0;
  const digits = text.replace(EXTENSION, "");
  return NUMBER.test(digits) ? Number(digits) : null;
}

const WITH_BODY: readonly string[] = ["POST", "PUT"];

async function requestFields(http: Http, read: Reader): Promise<Result<Fields, LoyaltyError>> {
  const query = http.req.query();
  const body = WITH_BODY.includes(http.req.method) ? await requestBody(http) : ok({});
  if (!body.ok) return body;
  const fields = read({ query, body: body.value });
  const fault = findIllFormed(fields);
  return fault === null ? ok(fields) : err({ code: "validation_failed", faults: [fault] });
}

async function requestBody(http: Http): Promise<Result<unknown, LoyaltyError>> {
  const bytes = await readBody(http.req.raw, MAX_BODY_BYTES);
  return bytes.ok ? readDocument(bytes.value, namedFormat(http)) : bytes;
}
