import { Hono } from "hono";
import type { z } from "zod";
import type { Reference } from "../../core/commands.ts";
import type { Remarks } from "../../core/entries.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { closeRoutes } from "../../http/closing.ts";
import type { Http, HttpEnv } from "../../http/request.ts";
import { logUnexpected } from "../../http/request.ts";
import { requireScope } from "../../http/scopes.ts";
import { validate } from "../../http/validation.ts";
import type { Context, Scope } from "../../services/context.ts";
import type { CustomerRecord, Identifier } from "../../services/customers.ts";
import {
  enrolCustomer,
  findCustomer,
  findCustomerWithEmail,
  getCustomer,
  noteSeen,
} from "../../services/customers.ts";
import { resolveCustomer } from "../../services/identity.ts";
import { earnPoints, readPoints, redeemPoints } from "../../services/points.ts";
import { authenticate } from "./authentication.ts";
import { failure, internalFailure, respond } from "./errors.ts";
import {
  balanceBody,
  earnBody,
  fromWholePoints,
  lookupBody,
  redeemBody,
  registerBody,
} from "./mapping.ts";
import {
  balanceSchema,
  canonical,
  earnSchema,
  type Fields,
  lookupByEmailSchema,
  lookupSchema,
  readFields,
  redeemSchema,
  registerSchema,
} from "./schemas.ts";

/** Points count as expiring soon within so many milliseconds: 30 days. */
const SOON_MS = 30 * 24 * 60 * 60 * 1000;

type Answer = Promise<Result<object, LoyaltyError>>;

/** A call of the dialect: who may make it, and whether it changes anything. */
interface Call<S extends z.ZodType> {
  readonly access: "read" | "write";
  readonly scope: Scope;
  readonly schema: S;
  readonly act: (ctx: Context, wire: z.output<S>) => Answer;
}

/** KiriMel's loyalty API, `/api/loyalty`. */
export function kirimelRoutes(): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  customerRoutes(app);
  pointsRoutes(app);
  app.onError((error, http) => {
    logUnexpected(http.get("requestId"), error);
    return internalFailure(http);
  });
  closeRoutes(app, {
    notFound: (http) => failure(http, { code: "not_found", object: "route" }),
    methodNotAllowed: (http, allowed) => failure(http, { code: "method_not_allowed", allowed }),
  });
  return app;
}

function customerRoutes(app: Hono<HttpEnv>): void {
  const register = handle({
    access: "write",
    scope: "write:customers",
    schema: registerSchema,
    act: registerCustomer,
  });
  const lookup = handle({
    access: "read",
    scope: "read:customers",
    schema: lookupSchema,
    act: lookUp,
  });
  const lookupByEmail = handle({
    access: "read",
    scope: "read:customers",
    schema: lookupByEmailSchema,
    act: async (ctx, { email }) => lookedUp(ctx, await findCustomerWithEmail(ctx, email)),
  });
  app.post("/customers/register", register);
  app.get("/customers/lookup", lookup);
  app.post("/customers/lookup", lookup);
  app.get("/customers/lookup-by-email", lookupByEmail);
}

function pointsRoutes(app: Hono<HttpEnv>): void {
  const earn = handle({
    access: "write",
    scope: "write:transactions",
    schema: earnSchema,
    act: earnCall,
  });
  const redeem = handle({
    access: "write",
    scope: "write:transactions",
    schema: redeemSchema,
    act: redeemCall,
  });
  const balance = handle({
    access: "read",
    scope: "read:customers",
    schema: balanceSchema,
    act: balanceCall,
  });
  app.post("/points/earn", earn);
  app.post("/points/redeem", redeem);
  app.get("/wallet/balance", balance);
  app.post("/wallet/balance", balance);
}

/** The way of every call: authentication, scope, fields, the act, the answer. */
function handle<S extends z.ZodType>(call: Call<S>): (http: Http) => Promise<Response> {
  return async (http) => {
    const signed = await authenticate(http, call.access);
    if (!signed.ok) return failure(http, signed.error);
    const { ctx, body } = signed.value;
    const allowed = requireScope(ctx.principal, call.scope);
    if (!allowed.ok) return failure(http, allowed.error);
    const fields = readFields(body);
    if (!fields.ok) return failure(http, fields.error);
    const wire = validate(call.schema, withQuery(http, call.access, fields.value));
    if (!wire.ok) return failure(http, wire.error);
    return respond(http, await call.act(ctx, wire.value));
  };
}

/** The query is not signed, so only reads look at it, and only for what the body does not say. */
function withQuery(http: Http, access: "read" | "write", body: Fields): Fields {
  return access === "write" ? body : { ...canonical(http.req.query()), ...body };
}

async function registerCustomer(ctx: Context, wire: z.output<typeof registerSchema>): Answer {
  const { phone, qr_code: qr, name, email, birth_date: birthDate, tags } = wire;
  const identifiers: Identifier[] = [];
  if (phone !== undefined) identifiers.push({ kind: "phone", value: phone });
  if (qr !== undefined) identifiers.push({ kind: "qr", value: qr });
  const enrolled = await enrolCustomer(ctx, {
    identifiers,
    name: name ?? null,
    email: email ?? null,
    birthDate: birthDate ?? null,
    attributes: tags === undefined ? {} : { tags },
    named: wire.customer_id ?? null,
  });
  if (!enrolled.ok) return enrolled;
  const { id, number } = enrolled.value;
  return ok(registerBody(number, await readPoints(ctx, id, SOON_MS)));
}

async function lookUp(ctx: Context, wire: z.output<typeof lookupSchema>): Answer {
  const { phone, identifier, qr_code: qr, customer_id: number } = wire;
  const wanted: Identifier[] = [];
  if (phone !== undefined) wanted.push({ kind: "phone", value: phone });
  for (const value of [identifier, qr]) {
    if (value !== undefined) wanted.push({ kind: "qr", value }, { kind: "referral", value });
  }
  if (wanted.length > 0) return lookedUp(ctx, await findCustomer(ctx, wanted));
  const id = await resolve(ctx, number ?? null);
  return id.ok ? lookedUp(ctx, await getCustomer(ctx, id.value)) : id;
}

async function lookedUp(ctx: Context, found: Result<CustomerRecord, LoyaltyError>): Answer {
  if (!found.ok) return found;
  const { customer } = found.value;
  const body = lookupBody(found.value, await readPoints(ctx, customer.id, SOON_MS));
  noteSeen(ctx, customer.id);
  return ok(body);
}

async function earnCall(ctx: Context, wire: z.output<typeof earnSchema>): Answer {
  const { customer_id: number, points, amount } = wire;
  const customer = await resolve(ctx, number);
  if (!customer.ok) return customer;
  const { currency } = ctx.principal.merchant;
  const purchase = amount === undefined ? undefined : { amount, currency };
  const grant = points === undefined ? purchase : { amount: fromWholePoints(points) };
  if (grant === undefined) throw new Error("the schema demands points or amount");
  const earned = await earnPoints(ctx, {
    customer: customer.value,
    grant: "currency" in grant ? { purchase: grant } : grant,
    reference: referenceOf("earn", wire, points ?? `amount ${amount}`),
    remarks: remarksOf(wire, purchase),
    occurredAt: null,
  });
  return earned.ok ? ok(earnBody(Number(number), earned.value.receipt)) : earned;
}

async function redeemCall(ctx: Context, wire: z.output<typeof redeemSchema>): Answer {
  const { customer_id: number, points } = wire;
  const customer = await resolve(ctx, number);
  if (!customer.ok) return customer;
  const redeemed = await redeemPoints(ctx, {
    customer: customer.value,
    amount: fromWholePoints(points),
    reference: referenceOf("redeem", wire, points),
    remarks: remarksOf(wire, undefined),
    occurredAt: null,
  });
  return redeemed.ok ? ok(redeemBody(Number(number), redeemed.value.receipt)) : redeemed;
}

async function balanceCall(ctx: Context, wire: z.output<typeof balanceSchema>): Answer {
  const number = wire.customer_id;
  const customer = await resolve(ctx, number);
  if (!customer.ok) return customer;
  return ok(balanceBody(Number(number), await readPoints(ctx, customer.value, SOON_MS)));
}

/** A `customer_id` that is no number belongs to nobody. */
function resolve(
  ctx: Context,
  number: number | null,
): Promise<Result<string, LoyaltyError>> | Result<string, LoyaltyError> {
  return number === null ? notFound("customer") : resolveCustomer(ctx, number);
}

interface RemarkFields {
  readonly description?: string | undefined;
  readonly reference_id?: string | undefined;
  readonly reference_type?: string | undefined;
}

function referenceOf(
  operation: string,
  wire: RemarkFields,
  content: number | string,
): Reference | null {
  const key = wire.reference_id;
  return key === undefined ? null : { operation, key, fingerprint: String(content) };
}

function remarksOf(wire: RemarkFields, purchase: Remarks["purchase"]): Remarks {
  const { description, reference_type: type } = wire;
  return {
    ...(description === undefined ? {} : { description }),
    ...(purchase === undefined ? {} : { purchase }),
    ...(type === undefined ? {} : { extra: { reference_type: type } }),
  };
}
