import * as z from "zod";
import { ok } from "../../../core/result.ts";
import { getCustomerType, listTypes } from "../../../services/customers/customer-type.ts";
import { many, one } from "../documents.ts";
import { call } from "../endpoints.ts";
import { readQuery } from "../fields.ts";
import { numberIn, paths } from "../paths.ts";
import { listFields, noFields, sliceOf, windowOf } from "../schemas.ts";
import { CUSTOMER_TYPE } from "./mapping.ts";

/** Customer types of a page: at most, and if nothing is said. */
const MAX_PAGE = 250;
const USUAL_PAGE = 50;

/** Customer types; they are made by the native API. */
export const CUSTOMER_TYPES = [
  call({
    method: "GET",
    path: paths("/customer_types"),
    summary: "Lists customer types",
    scope: "read:customers",
    read: readQuery,
    input: z.object(listFields(MAX_PAGE, USUAL_PAGE)),
    answer: many(CUSTOMER_TYPE),
    errors: [],
    act: async (ctx, wire) => {
      const filter = {
        ...windowOf(wire, ctx.principal.merchant.timeZone),
        activeOnly: wire.active_only,
      };
      return ok(await listTypes(ctx, filter, sliceOf(wire)));
    },
  }),
  call({
    method: "GET",
    path: paths("/customer_types/:id"),
    summary: "Shows a customer type",
    scope: "read:customers",
    read: readQuery,
    input: noFields,
    answer: one(CUSTOMER_TYPE),
    errors: ["not_found"],
    act: (ctx, _wire, received) => getCustomerType(ctx, numberIn(received)),
  }),
];
