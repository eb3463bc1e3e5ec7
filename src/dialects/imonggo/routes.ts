import { Hono } from "hono";
import type { HttpEnv } from "../../http/request.ts";
import { logUnexpected } from "../../http/request.ts";
import { branchRoutes } from "./branches/calls.ts";
import { finish, refuse } from "./calls.ts";
import { customerTypeRoutes } from "./customer-types/calls.ts";
import { customerRoutes } from "./customers/calls.ts";
import { internalFailure } from "./errors.ts";
import { EXTENSION } from "./formats.ts";
import { invoiceRoutes } from "./invoices/calls.ts";
import { rewardRoutes } from "./rewards/calls.ts";
import { tokenRoutes } from "./tokens/calls.ts";

/**
 * Imonggo's API: `/api/{resource}.xml|json` and `/system/api_url`. Mount it before the dialects
 * whose tenants stand where its resources do: what could be a tenant is passed on.
 */
export function imonggoRoutes(): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  tokenRoutes(app);
  branchRoutes(app);
  customerTypeRoutes(app);
  customerRoutes(app);
  invoiceRoutes(app);
  rewardRoutes(app);
  app.all("/api/*", async (http, next) => {
    if (!isOwn(http.req.path)) return next();
    return finish(http, await refuse(http, { code: "not_found", object: "route" }));
  });
  app.onError((error, http) => {
    logUnexpected(http.get("requestId"), error);
    return finish(http, internalFailure(http));
  });
  return app;
}

/** What the API has, served here or not: merchants cannot be called so, and thus no tenant is. */
const RESOURCES: readonly string[] = [
  "application_settings",
  "branch",
  "branches",
  "customer_types",
  "customers",
  "documents",
  "inventories",
  "invoices",
  "orders",
  "pos_devices",
  "price_lists",
  "products",
  "rewards",
  "sales_promotions",
  "tax_settings",
  "tokens",
  "users",
];

/** Whether a path is Imonggo's: it begins with a resource, or is a name with an extension. */
function isOwn(path: string): boolean {
  const [, , first = "", ...below] = path.split("/");
  const name = first.replace(EXTENSION, "");
  return RESOURCES.includes(name) || (name !== first && below.length === 0);
}
