import type * as z from "zod";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Http } from "../../http/request.ts";
import { decodeUtf8, readBody } from "../../http/wire/body.ts";
import { findIllFormed, validate } from "../../http/wire/validation.ts";
import type { Context, Scope } from "../../services/context.ts";
import { authenticateForMerchant } from "./authentication.ts";
import { problem } from "./errors.ts";
import type { Body } from "./mapping.ts";
import { listSchema, MAX_BODY_BYTES } from "./schemas.ts";

/** What a call answers: a body, or an error for the table. */
export type Answer = Promise<Result<Body, LoyaltyError>>;

/** A call on a merchant's behalf: who may make it, and what it does. */
export async function call(
  http: Http,
  scope: Scope,
  act: (ctx: Context) => Answer,
  status: 200 | 201 | 202 = 200,
): Promise<Response> {
  const ctx = await authenticateForMerchant(http, scope);
  if (!ctx.ok) return problem(http, ctx.error);
  const answer = await act(ctx.value);
  return answer.ok ? http.json(answer.value, status) : problem(http, answer.error);
}

/** A call that makes something from a JSON body. */
export function create<S extends z.ZodType>(
  http: Http,
  scope: Scope,
  schema: S,
  make: (ctx: Context, wire: z.output<S>) => Answer,
): Promise<Response> {
  const act = async (ctx: Context) => {
    const wire = await readJson(http, schema);
    return wire.ok ? make(ctx, wire.value) : wire;
  };
  return call(http, scope, act, 201);
}

/** A call that lists something by cursor. */
export function list(
  http: Http,
  scope: Scope,
  read: (ctx: Context, limit: number, before: string | null) => Promise<Body> | Answer,
): Promise<Response> {
  return call(http, scope, async (ctx) => {
    const query = validate(listSchema, http.req.query());
    if (!query.ok) return query;
    const body = await read(ctx, query.value.limit, query.value.cursor ?? null);
    return isResult(body) ? body : ok(body);
  });
}

function isResult(body: Body | Awaited<Answer>): body is Awaited<Answer> {
  return typeof body.ok === "boolean";
}

/** Reads a JSON body by its schema. */
export async function readJson<S extends z.ZodType>(
  http: Http,
  schema: S,
): Promise<Result<z.output<S>, LoyaltyError>> {
  const body = await readBody(http.req.raw, MAX_BODY_BYTES);
  if (!body.ok) return body;
  const text = decodeUtf8(body.value);
  if (text === null) return err({ code: "invalid_json" });
  return readText(text, schema);
}

/** Reads a JSON text by a schema; every text in it must be well-formed. */
export function readText<S extends z.ZodType>(
  text: string,
  schema: S,
): Result<z.output<S>, LoyaltyError> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err({ code: "invalid_json" });
  }
  const illFormed = findIllFormed(value);
  if (illFormed !== null) return err({ code: "validation_failed", faults: [illFormed] });
  return validate(schema, value);
}

/** A result's value as a body. */
export function mapped<T>(
  result: Result<T, LoyaltyError>,
  body: (value: T) => Body,
): Awaited<Answer> {
  return result.ok ? ok(body(result.value)) : result;
}

const ETAG = /^(?:W\/)?"v(\d{1,15})"$/;

/** The version that `If-Match` names; a configuration is never changed blindly. */
export function expectedVersion(http: Http): Result<number, LoyaltyError> {
  const header = http.req.header("if-match");
  if (header === undefined || header === "") return err({ code: "if_match_required" });
  const [, version] = ETAG.exec(header.trim()) ?? [];
  return version === undefined ? err({ code: "etag_mismatch" }) : ok(Number(version));
}

/** Names the state that an answer shows, for `If-Match`. */
export function setETag(http: Http, version: number): void {
  http.header("ETag", `"v${version}"`);
}
