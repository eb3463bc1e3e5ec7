import type * as z from "zod";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err } from "../../core/result.ts";
import { admit } from "../../http/admission.ts";
import type { Http } from "../../http/request.ts";
import { requireScope } from "../../http/scopes.ts";
import { decodeUtf8, readBody } from "../../http/wire/body.ts";
import type { Fields } from "../../http/wire/fields.ts";
import { findIllFormed, validate } from "../../http/wire/validation.ts";
import type { Context, Scope } from "../../services/context.ts";
import type { OutletRule } from "./authentication.ts";
import { authenticate, placeAtOutlet } from "./authentication.ts";
import type { Wording } from "./errors.ts";
import { failure, PLAIN, respond } from "./errors.ts";
import type { Reader } from "./schemas.ts";
import { MAX_BODY_BYTES, readFields } from "./schemas.ts";

/** 600 requests a minute; a whole minute's may come at once. */
export const POLICY = { capacity: 600, perMinute: 600 };

/** What a call answers: a body, null for an empty one, or an error for the table. */
export type Answer = Promise<Result<object | null, LoyaltyError>>;

/** Parameters of a call's path, by the names that its route gives them. */
export type PathParams = Readonly<Record<string, string>>;

/** A call of the dialect; `failure` and `texts` are how the endpoint words its errors. */
export interface Call<S extends z.ZodType> extends Wording {
  /** What the person must be allowed to do; null: whoever is signed in may. */
  readonly scope: Scope | null;
  /** Whether the call records at which outlet it was made. */
  readonly outlet: OutletRule;
  /** Where the fields are, if not in the body. */
  readonly read?: Reader;
  readonly schema: S;
  /** Status of a success; 200 if nothing is said. */
  readonly success?: 200 | 204;
  readonly act: (ctx: Context, wire: z.output<S>, path: PathParams) => Answer;
}

/** The way of every call: token, account, rate, outlet, permission, fields, the act, the answer. */
export function handle<S extends z.ZodType>(call: Call<S>): (http: Http) => Promise<Response> {
  return async (http) => {
    const ctx = await enter(http, call);
    if (!ctx.ok) return failure(http, ctx.error, PLAIN);
    const fields = await requestFields(http, call.read ?? readFields);
    if (!fields.ok) return failure(http, fields.error, call);
    const wire = validate(call.schema, fields.value);
    if (!wire.ok) return failure(http, wire.error, call);
    const done = await call.act(ctx.value, wire.value, http.req.param());
    return respond(http, done, call, call.success);
  };
}

async function enter(
  http: Http,
  { scope, outlet }: Pick<Call<z.ZodType>, "scope" | "outlet">,
): Promise<Result<Context, LoyaltyError>> {
  const admitted = await admit(http, POLICY, null, () => authenticate(http));
  if (!admitted.ok) return admitted;
  const placed = await placeAtOutlet(http, admitted.value, outlet);
  if (!placed.ok || scope === null) return placed;
  const allowed = requireScope(placed.value.principal, scope);
  return allowed.ok ? placed : allowed;
}

async function requestFields(http: Http, read: Reader): Promise<Result<Fields, LoyaltyError>> {
  const body = await readBody(http.req.raw, MAX_BODY_BYTES);
  if (!body.ok) return body;
  const text = decodeUtf8(body.value);
  if (text === null) return err({ code: "invalid_json" });
  const fields = read(http, text);
  const fault = fields.ok ? findIllFormed(fields.value) : null;
  return fault === null ? fields : err({ code: "validation_failed", faults: [fault] });
}
