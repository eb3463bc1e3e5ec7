import type * as z from "zod";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { admit } from "../../http/admission.ts";
import type { Http } from "../../http/request.ts";
import { readBody } from "../../http/wire/body.ts";
import type { Fields } from "../../http/wire/fields.ts";
import { presentFields } from "../../http/wire/fields.ts";
import { validate } from "../../http/wire/validation.ts";
import type { Context, Scope } from "../../services/context.ts";
import { authenticate } from "./authentication.ts";
import { failure, respond } from "./errors.ts";
import { MAX_BODY_BYTES, readFields } from "./schemas.ts";

/** 600 requests a minute; a whole minute's may come at once. */
export const POLICY = { capacity: 600, perMinute: 600 };

/** What a call answers: a body, or an error for the table. */
export type Answer = Promise<Result<object, LoyaltyError>>;

/** A call of the dialect. */
export interface Call<S extends z.ZodType> {
  readonly scope: Scope;
  readonly schema: S;
  readonly act: (ctx: Context, wire: z.output<S>) => Answer;
}

/** The way of every call: authentication, rate, scope, content, fields, the act, the answer. */
export function handle<S extends z.ZodType>(call: Call<S>): (http: Http) => Promise<Response> {
  return async (http) => {
    const admitted = await admit(http, POLICY, call.scope, () => authenticate(http));
    if (!admitted.ok) return failure(http, admitted.error);
    const fields = await requestFields(http);
    if (!fields.ok) return failure(http, fields.error);
    const wire = validate(call.schema, fields.value);
    if (!wire.ok) return failure(http, wire.error);
    return respond(http, await call.act(admitted.value.ctx, wire.value));
  };
}

/** Answers a path or method that there is none of, to those who may know. */
export async function refuse(http: Http, error: LoyaltyError): Promise<Response> {
  const admitted = await admit(http, POLICY, null, () => authenticate(http));
  return failure(http, admitted.ok ? error : admitted.error);
}

/** A reading call has its fields in the query, a writing one in the body, and neither in both. */
async function requestFields(http: Http): Promise<Result<Fields, LoyaltyError>> {
  if (http.req.method !== "POST") return ok(presentFields(http.req.query()));
  const body = await readBody(http.req.raw, MAX_BODY_BYTES);
  return body.ok ? readFields(body.value, http.req.header("content-type") ?? "") : body;
}
