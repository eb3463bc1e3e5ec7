import type * as z from "zod";
import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import type { Reference } from "../../core/ledger/commands.ts";
import type { Remarks } from "../../core/ledger/entries.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { admit } from "../../http/admission.ts";
import type { Http } from "../../http/request.ts";
import { validate } from "../../http/wire/validation.ts";
import type { Context, Scope } from "../../services/context.ts";
import { resolveCustomer } from "../../services/customers/identity.ts";
import { claimGuard } from "../../services/ledger/guarded-writes.ts";
import { bindGuard } from "../../services/ledger/wallets.ts";
import type { Access } from "./authentication.ts";
import { authenticate } from "./authentication.ts";
import { failure, respond } from "./errors.ts";
import { parseCustomer } from "./mapping.ts";
import type { Fields } from "./schemas.ts";
import { canonical, readFields } from "./schemas.ts";

/** 100 requests a minute, bursts of 200. */
export const POLICY = { capacity: 200, perMinute: 100 };

/** What a call answers: a body, or an error for the table. */
export type Answer = Promise<Result<object, LoyaltyError>>;

/** A call of the dialect. */
export interface Call<S extends z.ZodType> {
  readonly access: Access;
  readonly scope: Scope;
  readonly schema: S;
  readonly act: (ctx: Context, wire: z.output<S>) => Answer;
}

/** The way of every call: authentication, rate, scope, fields, binding, the act, the answer. */
export function handle<S extends z.ZodType>(call: Call<S>): (http: Http) => Promise<Response> {
  return async (http) => {
    const signed = await admit(http, POLICY, call.scope, () => authenticate(http, call.access));
    if (!signed.ok) return failure(http, signed.error);
    const { ctx, body } = signed.value;
    const fields = readFields(body);
    if (!fields.ok) return failure(http, fields.error);
    const wire = validate(call.schema, requestFields(http, call, fields.value));
    if (!wire.ok) return failure(http, wire.error);
    const bound = await bind(ctx, call, fields.value);
    if (!bound.ok) return failure(http, bound.error);
    return respond(http, await call.act(ctx, wire.value));
  };
}

/** The query is not signed, so only reads look at it, and only for what the body does not say. */
function requestFields(http: Http, call: Pick<Call<z.ZodType>, "access">, body: Fields): Fields {
  const query = call.access === "read" ? canonical(http.req.query()) : {};
  return { ...query, ...body, ...http.req.param() };
}

async function bind(
  ctx: Context,
  call: Pick<Call<z.ZodType>, "access">,
  body: Fields,
): Promise<Result<null, LoyaltyError>> {
  const named = namedCustomer(body);
  if (call.access === "claim") return claimGuard(ctx, named);
  if (call.access !== "preview" || ctx.guard === null || named === null) return ok(null);
  const customer = await resolveCustomer(ctx, named);
  return customer.ok ? bindGuard(ctx, customer.value, ctx.guard) : ok(null);
}

function namedCustomer(body: Fields): number | null {
  const { customer_id: text } = body;
  return typeof text === "string" ? parseCustomer(text) : null;
}

/** The id behind a `customer_id`; one that is no number belongs to nobody. */
export async function resolve(
  ctx: Context,
  number: number | null,
): Promise<Result<string, LoyaltyError>> {
  return number === null ? notFound("customer") : resolveCustomer(ctx, number);
}

/** Fields that every booking may carry. */
export interface RemarkFields {
  readonly description?: string | undefined;
  readonly reference_id?: string | undefined;
  readonly reference_type?: string | undefined;
}

/** The natural key of a booking, in the name space of its operation. */
export function referenceOf(
  operation: string,
  wire: RemarkFields,
  content: number | string,
): Reference | null {
  const key = wire.reference_id;
  return key === undefined ? null : { operation, key, fingerprint: String(content) };
}

/** What the till said besides amounts. */
export function remarksOf(
  wire: RemarkFields,
  more: { readonly purchase?: Remarks["purchase"]; readonly extra?: Record<string, string> } = {},
): Remarks {
  const { description, reference_type: type } = wire;
  const extra = { ...more.extra, ...(type === undefined ? {} : { reference_type: type }) };
  return {
    ...(description === undefined ? {} : { description }),
    ...(more.purchase === undefined ? {} : { purchase: more.purchase }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}
