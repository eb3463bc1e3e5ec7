import type { Hono } from "hono";
import * as z from "zod";
import { ok } from "../../core/result.ts";
import type { HttpEnv } from "../../http/request.ts";
import { getCustomerType, listTypes } from "../../services/customers/customer-type.ts";
import { handle } from "./calls.ts";
import { CUSTOMER_TYPE } from "./customer-mapping.ts";
import { many, one } from "../../http/documents.ts";
import { resource } from "./resources.ts";
import { listFields, noFields, readQuery, sliceOf, windowOf } from "./schemas.ts";

/** Customer types of a page: at most, and if nothing is said. */
const MAX_PAGE = 250;
const USUAL_PAGE = 50;

/** Customer types; they are made by the native API. */
export function customerTypeRoutes(app: Hono<HttpEnv>): void {
  const list = handle({
    scope: "read:customers",
    read: readQuery,
    schema: z.object(listFields(MAX_PAGE, USUAL_PAGE)),
    act: async (ctx, wire) => {
      const filter = { ...windowOf(wire), activeOnly: wire.active_only };
      return ok(many(CUSTOMER_TYPE, await listTypes(ctx, filter, sliceOf(wire))));
    },
  });
  const show = handle({
    scope: "read:customers",
    read: readQuery,
    schema: noFields,
    act: async (ctx, _wire, id) => {
      const found = await getCustomerType(ctx, id);
      return found.ok ? ok(one(CUSTOMER_TYPE, found.value)) : found;
    },
  });
  resource(app, "/customer_types", { GET: list });
  resource(app, "/customer_types/:id", { GET: show });
}
