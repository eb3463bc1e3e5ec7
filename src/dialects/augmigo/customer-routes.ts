import type { Hono } from "hono";
import type * as z from "zod";
import type { ErrorOf, LoyaltyError } from "../../core/errors.ts";
import { invalid, notFound } from "../../core/errors.ts";
import { isReferenceCode } from "../../core/identifiers.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { HttpEnv } from "../../http/request.ts";
import type { Context } from "../../services/context.ts";
import { changeCustomer } from "../../services/customers/changes.ts";
import { findCustomer, getCustomer } from "../../services/customers/customers.ts";
import { eraseCustomer } from "../../services/customers/erasure.ts";
import { resolveReferenceCode } from "../../services/customers/identity.ts";
import type { Person } from "../../services/customers/reference-codes.ts";
import { findPersons, withReferenceCodes } from "../../services/customers/reference-codes.ts";
import { registerCustomer } from "../../services/customers/registration.ts";
import type { Answer, PathParams } from "./calls.ts";
import { handle } from "./calls.ts";
import {
  briefBody,
  customerBody,
  ownBody,
  toChanges,
  toNameless,
  toRegisterInput,
  toSearch,
} from "./customer-mapping.ts";
import {
  noFields,
  parseLimit,
  registerSchema,
  searchSchema,
  updateSchema,
} from "./customer-schemas.ts";
import type { Wording } from "./errors.ts";
import { demandFields, readAllFields, readFields, readQuery } from "./schemas.ts";

const scope = "write:customers";

const TAKEN: Readonly<Record<string, string>> = {
  email: "Email have been taken",
  phone: "Mobile phone have been taken",
};

/** What registering and updating say; the update of nobody is another thing than a bad one. */
const WRITING = {
  failure: 500,
  missing: 400,
  texts: {
    not_found: () => "Customer is not exist",
    invalid_json: () => "Missing customer data",
    already_exists: ({ field }: ErrorOf<"already_exists">) =>
      TAKEN[field] ?? "Merchant reference code have been taken",
  },
} as const satisfies Wording;

/** Registration, search, and the calls on one customer by either of its two names. */
export function customerRoutes(app: Hono<HttpEnv>): void {
  app.post(
    "/customers/register",
    handle({
      ...WRITING,
      scope,
      outlet: "required",
      read: demandFields(readFields),
      schema: registerSchema,
      act: register,
    }),
  );
  app.post(
    "/customers/search/:limit",
    handle({ failure: 400, scope, outlet: "optional", schema: searchSchema, act: search }),
  );
  app.get(
    "/customers/reference-code/:code/read-or-register",
    handle({
      failure: 400,
      scope,
      outlet: "required",
      read: readQuery,
      schema: noFields,
      act: readOrRegister,
    }),
  );
  personRoutes(app, "/customers/reference-code/:code", {
    resolve: (ctx, { code = "" }) => resolveReferenceCode(ctx, code),
    missing: ({ code }) => `Customer with reference code (${code}) is not found`,
  });
  personRoutes(app, "/customers/customer-key/:key", {
    resolve: async (_ctx, { key = "" }) => ok(key),
    missing: ({ key }) => `Customer with customer key (${key}) is not found`,
  });
}

/** How a path names a customer. */
interface Naming {
  readonly resolve: (ctx: Context, path: PathParams) => Promise<Result<string, LoyaltyError>>;
  readonly missing: (path: PathParams) => string;
}

function personRoutes(app: Hono<HttpEnv>, route: string, { resolve, missing }: Naming): void {
  const read = async (ctx: Context, path: PathParams): Promise<Result<Person, LoyaltyError>> => {
    const id = await resolve(ctx, path);
    const found = id.ok ? await getCustomer(ctx, id.value) : id;
    const coded = found.ok ? await withReferenceCodes(ctx, [found.value]) : found;
    if (!coded.ok) return coded;
    const [person] = coded.value;
    return person === undefined ? notFound("customer") : ok(person);
  };
  const bare = { scope, outlet: "optional", read: readQuery, schema: noFields } as const;
  app.get(
    route,
    handle({
      ...bare,
      failure: 400,
      act: async (ctx, _wire, path) => {
        const found = await read(ctx, path);
        if (found.ok) return ok(customerBody(ctx, found.value));
        return found.error.code === "not_found" ? refuse(missing(path)) : found;
      },
    }),
  );
  app.put(
    route,
    handle({
      ...WRITING,
      scope,
      outlet: "optional",
      read: demandFields(readAllFields),
      schema: updateSchema,
      act: async (ctx, wire, path) => {
        const id = await resolve(ctx, path);
        if (!id.ok) return id;
        const changed = await changeCustomer(ctx, id.value, toChanges(wire));
        if (changed.ok) return ok(null);
        return tellMerchantCode(changed.error, wire);
      },
    }),
  );
  app.delete(
    route,
    handle({
      ...bare,
      failure: 400,
      texts: WRITING.texts,
      success: 204,
      act: async (ctx, _wire, path) => {
        const id = await resolve(ctx, path);
        return id.ok ? eraseCustomer(ctx, id.value) : id;
      },
    }),
  );
}

async function register(ctx: Context, wire: z.output<typeof registerSchema>): Answer {
  const made = await registerCustomer(ctx, toRegisterInput(wire));
  return made.ok ? ok(ownBody(ctx, made.value)) : tellMerchantCode(made.error, wire);
}

async function search(
  ctx: Context,
  wire: z.output<typeof searchSchema>,
  { limit: text = "" }: PathParams,
): Answer {
  const limit = parseLimit(text);
  if (limit === null) return refuse("Limit is not valid");
  const found = await findPersons(ctx, toSearch(wire), limit);
  return found.ok ? ok(found.value.map((person) => customerBody(ctx, person))) : found;
}

/** A card that was printed ahead gets its customer when a till first reads it. */
async function readOrRegister(ctx: Context, _wire: unknown, { code = "" }: PathParams): Answer {
  if (!isReferenceCode(code)) return notFound("customer");
  const wanted = [{ kind: "reference_code", value: code }] as const;
  const known = await findCustomer(ctx, wanted);
  if (known.ok) return ok(briefBody(ctx, known.value));
  const made = await registerCustomer(ctx, toNameless(code));
  if (made.ok) return ok(briefBody(ctx, made.value));
  // Another till was first.
  const meanwhile = await findCustomer(ctx, wanted);
  return meanwhile.ok ? ok(briefBody(ctx, meanwhile.value)) : made;
}

/** A refusal in words of its own. */
function refuse(text: string): Result<never, LoyaltyError> {
  return invalid("", "refused", text);
}

/** That a code of the merchant is taken is told with the code. */
function tellMerchantCode(
  error: LoyaltyError,
  wire: { readonly merchant_reference_code?: string | null | undefined },
): Result<never, LoyaltyError> {
  const isTaken = error.code === "already_exists" && error.field === "merchant_code";
  if (!isTaken) return { ok: false, error };
  return refuse(`Merchant reference code (${wire.merchant_reference_code}) have been taken`);
}
