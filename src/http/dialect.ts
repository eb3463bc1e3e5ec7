import { Hono } from "hono";
import type { LoyaltyError, LoyaltyErrorCode } from "../core/errors.ts";
import type { Guard } from "../core/ledger/commands.ts";
import type { Result } from "../core/result.ts";
import { ok } from "../core/result.ts";
import type { BucketPolicy } from "../limits/client.ts";
import { logFault } from "../log.ts";
import type { Context, Principal } from "../services/context.ts";
import { makeContext } from "../services/context.ts";
import type { Admitted } from "./admission.ts";
import { admit } from "./admission.ts";
import type { Call, Endpoint, ErrorTable, Received } from "./calls.ts";
import { ENTRY_ERRORS } from "./calls.ts";
import { closeMethods, closeRoutes } from "./closing.ts";
import { countAddress } from "./rate-limit.ts";
import type { Http, HttpEnv } from "./request.ts";
import { deferrer, logUnexpected } from "./request.ts";
import type { Format } from "./wire/document.ts";

/** A body with its status, before a dialect makes a response of it. */
export interface Shown {
  readonly status: number;
  /** What {@link Answer.write} or the error's row came to. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error with its row of the table. */
export interface Refusal<Row> {
  readonly row: Row;
  /** Null for what nobody expected. */
  readonly error: LoyaltyError | null;
}

/**
 * One vendor's wire format: what its calls have in common. `A` is what authentication found out,
 * `Own` what each call says besides (see {@link Call}), `Row` an error as the vendor's clients see
 * it.
 */
export interface Dialect<A extends Admitted<unknown>, Own extends object, Row> {
  /** As the source of what is booked, and of the dialect's keys. */
  readonly name: string;
  /** Requests of one key; null where they are not counted. */
  readonly policy: BucketPolicy | null;
  /** Requests of one address that do not authenticate; absent: as many as of one key. */
  readonly failures?: BucketPolicy;
  /** Errors of its own way in: no call declares them. */
  readonly errors: readonly LoyaltyErrorCode[];
  /** Whether a request is this dialect's; absent: every one below its root. */
  owns?(http: Http): boolean;
  /**
   * Whether a path without parameters is that of its own calls only: another method is refused
   * there, also where a path with a parameter would take it. Absent: the first that takes it wins.
   */
  readonly literalsWin?: boolean;
  /** Whether accounts that are not set up yet may call more than what sets them up. */
  readonly admitsPending?: boolean;
  /** `call` is null for a path or method that there is none of. */
  authenticate(http: Http, call: Own | null): Promise<Result<A, LoyaltyError>>;
  /** Where the caller is, once known and counted, before its scope is looked at. */
  place?(http: Http, admitted: A, call: Own | null): Promise<Result<A, LoyaltyError>>;
  /** The fields as the wire has them, for the call's schema. */
  readFields(http: Http, call: Endpoint & Own, admitted: A): Promise<Result<unknown, LoyaltyError>>;
  /** What has to be settled once the fields are sound, before the act. */
  bind?(admitted: A, call: Own, fields: unknown): Promise<Result<unknown, LoyaltyError>>;
  readonly table: Partial<ErrorTable<LoyaltyErrorCode, Row>>;
  /** The fixed answer to what nobody expected. */
  readonly internal: Row;
  readonly render: {
    /** JSON if absent. */
    format?(http: Http): Format;
    success(http: Http, body: unknown, call: Endpoint & Own): Shown;
    /** `call` is null before the request was let in to one. */
    error(http: Http, refusal: Refusal<Row>, call: (Endpoint & Own) | null): Shown;
    send(http: Http, shown: Shown): Response;
  };
  /** What a stranger to a path or method must be before the answer tells that there is none. */
  readonly strangers: "anybody" | "counted" | "authenticated";
}

/** The context of a request that was authenticated. */
export function contextOf(
  http: Http,
  dialect: string,
  principal: Principal,
  guard: Guard | null = null,
): Context {
  return makeContext({
    env: http.env,
    principal,
    dialect,
    requestId: http.get("requestId"),
    now: http.get("now"),
    guard,
    timing: http.get("timing"),
    defer: deferrer(http),
  });
}

/** The row of an error; one that the table lacks is answered as nothing that was expected. */
export function rowOf<Row>(
  { table, internal }: Pick<Dialect<Admitted<unknown>, object, Row>, "table" | "internal">,
  error: LoyaltyError,
): Row {
  const entry = table[error.code] as ((error: LoyaltyError) => Row) | undefined;
  return entry === undefined ? internal : entry(error);
}

/** Answers calls at their paths. {@link close} comes after all calls. */
export function mount<A extends Admitted<Caller>, Caller, Own extends object, Row>(
  app: Hono<HttpEnv>,
  dialect: Dialect<A, Own, Row>,
  calls: readonly Call<Caller, Own>[],
): void {
  const routes = calls.flatMap((call) => call.paths.map((path) => ({ call, path })));
  const add = ({ call, path }: (typeof routes)[number]): void => {
    app.on(call.method, path, (http, next) =>
      dialect.owns?.(http) === false ? next() : answer(http, dialect, call),
    );
  };
  const isFirst = ({ path }: { readonly path: string }): boolean =>
    dialect.literalsWin === true && !path.includes(":");
  routes.filter(isFirst).forEach(add);
  if (dialect.literalsWin === true) closeMethods(app, refuser(dialect));
  routes.filter((route) => !isFirst(route)).forEach(add);
}

/**
 * Ends a dialect: other methods, other paths and unexpected failures answer in its own form. `rest`
 * is which other paths, where the dialect has not all to itself below its app.
 */
export function close<A extends Admitted<unknown>, Own extends object, Row>(
  app: Hono<HttpEnv>,
  dialect: Dialect<A, Own, Row>,
  rest = "*",
): void {
  app.onError((error, http) => {
    logUnexpected(http.get("requestId"), error);
    return failUnexpectedly(http, dialect);
  });
  closeRoutes(app, refuser(dialect), rest);
}

function refuser<A extends Admitted<unknown>, Own extends object, Row>(
  dialect: Dialect<A, Own, Row>,
): (http: Http, error: LoyaltyError) => Promise<Response> | null {
  return (http, error) =>
    dialect.owns?.(http) === false ? null : refuseStranger(http, dialect, error);
}

/** The whole dialect as an app. */
export function serve<A extends Admitted<Caller>, Caller, Own extends object, Row>(
  dialect: Dialect<A, Own, Row>,
  calls: readonly Call<Caller, Own>[],
): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  mount(app, dialect, calls);
  close(app, dialect);
  return app;
}

/** The way of every call: authentication, rate, place, scope, fields, the act, the answer. */
async function answer<A extends Admitted<Caller>, Caller, Own extends object, Row>(
  http: Http,
  dialect: Dialect<A, Own, Row>,
  call: Call<Caller, Own>,
): Promise<Response> {
  const admitted = await admit(http, dialect, call.scope, call);
  if (!admitted.ok) return fail(http, dialect, admitted.error, null);
  const fields = await dialect.readFields(http, call, admitted.value);
  if (!fields.ok) return fail(http, dialect, fields.error, call);
  const received = receive(http);
  const shown = await perform(
    http,
    { dialect, call, admitted: admitted.value },
    fields.value,
    received,
  );
  return shown.body instanceof Response ? shown.body : dialect.render.send(http, shown);
}

/** What a call is performed with. */
export interface Performance<A extends Admitted<Caller>, Caller, Own extends object, Row> {
  readonly dialect: Dialect<A, Own, Row>;
  readonly call: Call<Caller, Own>;
  readonly admitted: A;
}

/**
 * Performs a call with fields that were read: for one request, or for one item of a batch, whose
 * status and body then stand in the batch's own answer.
 */
export async function perform<A extends Admitted<Caller>, Caller, Own extends object, Row>(
  http: Http,
  { dialect, call, admitted }: Performance<A, Caller, Own, Row>,
  fields: unknown,
  received: Received,
): Promise<Shown> {
  const refused = (error: LoyaltyError): Shown => showError(http, dialect, error, call);
  const prepared = call.prepare(fields);
  if (!prepared.ok) return refused(prepared.error);
  const bound = dialect.bind === undefined ? ok(null) : await dialect.bind(admitted, call, fields);
  if (!bound.ok) return refused(bound.error);
  const done = await prepared.value(admitted.caller, received);
  if (!done.ok) {
    tellUndeclared(http, dialect, call, done.error);
    return refused(done.error);
  }
  const format = dialect.render.format?.(http) ?? "json";
  const shown = dialect.render.success(http, done.value(format), call);
  return { ...shown, headers: { ...shown.headers, ...received.headers } };
}

/**
 * The context of one item of a batch: a guard stands for one command, so each item gets its own
 * from the request's, which a repeat of the whole batch finds again.
 */
export function contextOfItem(ctx: Context, index: number): Context {
  const { guard } = ctx;
  if (guard === null) return ctx;
  const { key, fingerprint } = guard;
  const own = { key: `${key}/${index}`, fingerprint: `${fingerprint}/${index}` };
  return { ...ctx, guard: { ...guard, ...own } };
}

/**
 * Performs a call for each item of a batch, one after the other, each with an outcome of its own:
 * what fails leaves the others alone, also what nobody expected. `admittedAs` gives each item its
 * caller: see {@link contextOfItem}.
 */
export async function performEach<A extends Admitted<Caller>, Caller, Own extends object, Row>(
  http: Http,
  { dialect, call }: Omit<Performance<A, Caller, Own, Row>, "admitted">,
  items: readonly unknown[],
  admittedAs: (index: number) => A,
): Promise<readonly Shown[]> {
  const outcomes: Shown[] = [];
  for (const [index, item] of items.entries()) {
    try {
      const performance = { dialect, call, admitted: admittedAs(index) };
      outcomes.push(await perform(http, performance, item, receive(http)));
    } catch (error) {
      logUnexpected(http.get("requestId"), error);
      outcomes.push(dialect.render.error(http, { row: dialect.internal, error: null }, call));
    }
  }
  return outcomes;
}

/** An error's answer. */
export function fail<A extends Admitted<unknown>, Own extends object, Row>(
  http: Http,
  dialect: Dialect<A, Own, Row>,
  error: LoyaltyError,
  call: (Endpoint & Own) | null,
): Response {
  return dialect.render.send(http, showError(http, dialect, error, call));
}

/** The answer to what nobody expected. */
export function failUnexpectedly<A extends Admitted<unknown>, Own extends object, Row>(
  http: Http,
  dialect: Dialect<A, Own, Row>,
): Response {
  const { render, internal } = dialect;
  return render.send(http, render.error(http, { row: internal, error: null }, null));
}

function showError<A extends Admitted<unknown>, Own extends object, Row>(
  http: Http,
  dialect: Dialect<A, Own, Row>,
  error: LoyaltyError,
  call: (Endpoint & Own) | null,
): Shown {
  return dialect.render.error(http, { row: rowOf(dialect, error), error }, call);
}

async function refuseStranger<A extends Admitted<unknown>, Own extends object, Row>(
  http: Http,
  dialect: Dialect<A, Own, Row>,
  error: LoyaltyError,
): Promise<Response> {
  const { strangers, policy } = dialect;
  if (strangers === "authenticated") {
    const admitted = await admit(http, dialect, null, null);
    return fail(http, dialect, admitted.ok ? error : admitted.error, null);
  }
  const counted =
    strangers === "counted" && policy !== null ? await countAddress(http, policy) : ok(null);
  return fail(http, dialect, counted.ok ? error : counted.error, null);
}

/** A refusal that a call does not declare is a fault of ours: its description is wrong. */
function tellUndeclared(
  http: Http,
  { name, errors }: Pick<Dialect<Admitted<unknown>, object, unknown>, "name" | "errors">,
  call: Endpoint,
  { code }: LoyaltyError,
): void {
  const declared: readonly LoyaltyErrorCode[] = [...ENTRY_ERRORS, ...errors, ...call.errors];
  if (declared.includes(code)) return;
  const fault = new Error(`${name} ${call.method} ${call.paths[0]} does not declare ${code}`);
  logFault({ request_id: http.get("requestId") }, fault);
}

function receive(http: Http): Received {
  const { req } = http;
  return { path: req.param(), raw: req.raw, headers: {}, header: (name) => req.header(name) };
}
