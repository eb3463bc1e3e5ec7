import type { Hono } from "hono";
import type * as z from "zod";
import type { LoyaltyError } from "../../core/errors.ts";
import { invalid } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { HttpEnv } from "../../http/request.ts";
import type { Context } from "../../services/context.ts";
import { getCustomerType } from "../../services/customers/customer-type.ts";
import type { TypedCustomer } from "../../services/customers/listing.ts";
import {
  addTypedCustomer,
  changeTypedCustomer,
  getTypedCustomer,
  listWindow,
  summariseWindow,
} from "../../services/customers/listing.ts";
import type { Answer } from "./calls.ts";
import { handle } from "./calls.ts";
import {
  COUNT,
  CUSTOMER,
  LAST_UPDATE,
  own,
  shown,
  toChanges,
  toRegisterInput,
  toWindow,
} from "./customer-mapping.ts";
import { customerListSchema, customerSchema, newCustomerSchema } from "./customer-schemas.ts";
import type { Content } from "../../http/documents.ts";
import { many, one } from "../../http/documents.ts";
import { resource } from "./resources.ts";
import { noFields, readQuery, readRecord, sliceOf } from "./schemas.ts";

/** Customers: deleted ones stay, with a status that tells it. */
export function customerRoutes(app: Hono<HttpEnv>): void {
  const write = { scope: "write:customers", read: readRecord("customer") } as const;
  const bare = { read: readQuery, schema: noFields } as const;
  resource(app, "/customers", {
    GET: handle({
      scope: "read:customers",
      read: readQuery,
      schema: customerListSchema,
      act: list,
    }),
    POST: handle({ ...write, schema: newCustomerSchema, success: 201, act: create }),
  });
  resource(app, "/customers/:id", {
    GET: handle({
      ...bare,
      scope: "read:customers",
      act: async (ctx, _wire, id) => show(ctx, await getTypedCustomer(ctx, id)),
    }),
    PUT: handle({
      ...write,
      schema: customerSchema,
      act: async (ctx, wire, id) => {
        const changes = toChanges(wire, await namedType(ctx, wire));
        return show(ctx, await changeTypedCustomer(ctx, id, changes));
      },
    }),
    DELETE: handle({
      ...bare,
      scope: "write:customers",
      act: async (ctx, _wire, id) =>
        show(ctx, await changeTypedCustomer(ctx, id, () => ok({ status: "inactive" }))),
    }),
  });
}

async function list(ctx: Context, wire: z.output<typeof customerListSchema>): Answer {
  const window = toWindow(wire);
  switch (wire.q) {
    case undefined: {
      const found = await listWindow(ctx, window, sliceOf(wire));
      const customers = found.map((customer) => shown(ctx, customer));
      return ok(many(CUSTOMER, customers));
    }
    case "count":
      return ok(one(COUNT, await summariseWindow(ctx, window)));
    case "last_updated_at":
      return ok(one(LAST_UPDATE, await summariseWindow(ctx, window)));
    default:
      return invalid("", "invalid", "q is not supported");
  }
}

async function create(ctx: Context, wire: z.output<typeof newCustomerSchema>): Answer {
  const input = toRegisterInput(wire, await namedType(ctx, wire));
  const made = await addTypedCustomer(ctx, input);
  return made.ok ? ok(one(CUSTOMER, own(ctx, made.value))) : made;
}

function show(
  ctx: Context,
  result: Result<TypedCustomer, LoyaltyError>,
): Result<Content, LoyaltyError> {
  return result.ok ? ok(one(CUSTOMER, shown(ctx, result.value))) : result;
}

/** The id of the type that a record names; undefined where it names none that is active. */
async function namedType(
  ctx: Context,
  { customer_type_id: number }: z.output<typeof customerSchema>,
): Promise<string | undefined> {
  if (number === undefined) return undefined;
  const found = await getCustomerType(ctx, number);
  return found.ok && found.value.active ? found.value.id : undefined;
}
