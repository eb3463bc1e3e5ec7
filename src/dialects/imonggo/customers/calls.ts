import type * as z from "zod";
import type { LoyaltyError } from "../../../core/errors.ts";
import { invalid } from "../../../core/errors.ts";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import type { BodyOf } from "../../../http/calls.ts";
import { either } from "../../../http/calls.ts";
import type { Context } from "../../../services/context.ts";
import { getCustomerType } from "../../../services/customers/customer-type.ts";
import type { CustomerWithPoints } from "../../../services/customers/listing.ts";
import {
  addWithPoints,
  changeWithPoints,
  getWithPoints,
  listWindow,
  summariseWindow,
} from "../../../services/customers/listing.ts";
import { COUNT, many, one } from "../documents.ts";
import type { Outcome } from "../endpoints.ts";
import { call } from "../endpoints.ts";
import { readQuery, readRecord } from "../fields.ts";
import { numberIn, paths } from "../paths.ts";
import { noFields, sliceOf } from "../schemas.ts";
import type { ShownCustomer } from "./mapping.ts";
import {
  CUSTOMER,
  LAST_UPDATE,
  own,
  shown,
  toChanges,
  toRegisterInput,
  toWindow,
} from "./mapping.ts";
import { customerListSchema, customerSchema, newCustomerSchema } from "./schemas.ts";

const LIST = either({
  customers: many(CUSTOMER),
  count: one(COUNT),
  last_updated_at: one(LAST_UPDATE),
});

const read = readRecord("customer");

/** Customers: deleted ones stay, with a status that tells it. */
export const CUSTOMERS = [
  call({
    method: "GET",
    path: paths("/customers"),
    summary: "Lists customers, or tells their number or last change",
    scope: "read:customers",
    read: readQuery,
    input: customerListSchema,
    answer: LIST,
    errors: [],
    act: list,
  }),
  call({
    method: "POST",
    path: paths("/customers"),
    summary: "Creates a customer",
    scope: "write:customers",
    read,
    input: newCustomerSchema,
    answer: one(CUSTOMER),
    status: 201,
    errors: ["already_exists", "customer_busy"],
    act: create,
  }),
  call({
    method: "GET",
    path: paths("/customers/:id"),
    summary: "Shows a customer",
    scope: "read:customers",
    read: readQuery,
    input: noFields,
    answer: one(CUSTOMER),
    errors: ["not_found"],
    act: async (ctx, _wire, received) => show(ctx, await getWithPoints(ctx, numberIn(received))),
  }),
  call({
    method: "PUT",
    path: paths("/customers/:id"),
    summary: "Changes a customer",
    scope: "write:customers",
    read,
    input: customerSchema,
    answer: one(CUSTOMER),
    errors: ["not_found", "already_exists", "customer_busy"],
    act: async (ctx, wire, received) => {
      const changes = toChanges(wire, await namedType(ctx, wire));
      return show(ctx, await changeWithPoints(ctx, numberIn(received), changes));
    },
  }),
  call({
    method: "DELETE",
    path: paths("/customers/:id"),
    summary: "Deletes a customer, who stays readable",
    scope: "write:customers",
    read: readQuery,
    input: noFields,
    answer: one(CUSTOMER),
    errors: ["not_found", "customer_busy"],
    act: async (ctx, _wire, received) => {
      const gone = () => ok({ status: "inactive" } as const);
      return show(ctx, await changeWithPoints(ctx, numberIn(received), gone));
    },
  }),
];

async function list(
  ctx: Context,
  wire: z.output<typeof customerListSchema>,
): Outcome<BodyOf<typeof LIST>> {
  const window = toWindow(wire);
  switch (wire.q) {
    case undefined: {
      const found = await listWindow(ctx, window, sliceOf(wire));
      const customers = found.map((customer) => shown(ctx, customer));
      return ok({ as: "customers", body: customers });
    }
    case "count":
      return ok({ as: "count", body: await summariseWindow(ctx, window) });
    case "last_updated_at":
      return ok({ as: "last_updated_at", body: await summariseWindow(ctx, window) });
    default:
      return invalid("", "invalid", "q is not supported");
  }
}

async function create(
  ctx: Context,
  wire: z.output<typeof newCustomerSchema>,
): Outcome<ShownCustomer> {
  const input = toRegisterInput(wire, await namedType(ctx, wire));
  const made = await addWithPoints(ctx, input);
  return made.ok ? ok(own(ctx, made.value)) : made;
}

function show(
  ctx: Context,
  result: Result<CustomerWithPoints, LoyaltyError>,
): Result<ShownCustomer, LoyaltyError> {
  return result.ok ? ok(shown(ctx, result.value)) : result;
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
