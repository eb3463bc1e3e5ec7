import { Hono } from "hono";
import { closeRoutes } from "../../http/closing.ts";
import type { HttpEnv } from "../../http/request.ts";
import { logUnexpected } from "../../http/request.ts";
import { validate } from "../../http/wire/validation.ts";
import { createKey, pageKeys } from "../../services/access/keys.ts";
import { createStaff, pageStaff } from "../../services/access/staff.ts";
import { createMerchant, getMerchant, pageMerchants } from "../../services/merchants/merchants.ts";
import { createProgram, getProgram } from "../../services/merchants/programs.ts";
import { createSite, pageSites } from "../../services/merchants/sites.ts";
import { authenticateAdmin, authenticateForMerchant } from "./authentication.ts";
import { create, list, mapped, readJson } from "./calls.ts";
import { customerTypeRoutes } from "./customer-types/calls.ts";
import { customerRoutes } from "./customers/calls.ts";
import { importCustomers } from "./customers/import.ts";
import { internalProblem, problem } from "./errors.ts";
import {
  fromKey,
  fromMerchant,
  fromNewKey,
  fromPage,
  fromProgram,
  fromSite,
  fromStaff,
  toKeyInput,
  toMerchantInput,
} from "./mapping.ts";
import { membershipRoutes } from "./memberships/calls.ts";
import { messageRoutes } from "./messages/calls.ts";
import { programSchema } from "./programs/schemas.ts";
import { keySchema, listSchema, merchantSchema, siteSchema, staffSchema } from "./schemas.ts";
import { voucherRoutes } from "./vouchers/calls.ts";
import { webhookRoutes } from "./webhooks/calls.ts";

/** The native API, `/loyalty/v1`. */
export function nativeRoutes(): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  merchantRoutes(app);
  configurationRoutes(app);
  voucherRoutes(app);
  membershipRoutes(app);
  customerTypeRoutes(app);
  webhookRoutes(app);
  messageRoutes(app);
  customerRoutes(app);
  app.post("/customers/import", async (http) => {
    const ctx = await authenticateForMerchant(http, "write:customers");
    return ctx.ok ? importCustomers(http, ctx.value) : problem(http, ctx.error);
  });
  app.onError((error, http) => {
    logUnexpected(http.get("requestId"), error);
    return internalProblem(http);
  });
  closeRoutes(app, {
    notFound: (http) => problem(http, { code: "not_found", object: "route" }),
    methodNotAllowed: (http, allowed) => problem(http, { code: "method_not_allowed", allowed }),
  });
  return app;
}

function merchantRoutes(app: Hono<HttpEnv>): void {
  app.post("/merchants", async (http) => {
    const admin = await authenticateAdmin(http);
    if (!admin.ok) return problem(http, admin.error);
    const wire = await readJson(http, merchantSchema);
    if (!wire.ok) return problem(http, wire.error);
    const made = await createMerchant(admin.value, toMerchantInput(wire.value));
    return made.ok ? http.json(fromMerchant(made.value), 201) : problem(http, made.error);
  });
  app.get("/merchants", async (http) => {
    const admin = await authenticateAdmin(http);
    if (!admin.ok) return problem(http, admin.error);
    const query = validate(listSchema, http.req.query());
    if (!query.ok) return problem(http, query.error);
    const { limit, cursor } = query.value;
    return http.json(
      fromPage(await pageMerchants(admin.value, limit, cursor ?? null), fromMerchant),
    );
  });
  app.get("/merchants/:merchant", async (http) => {
    const admin = await authenticateAdmin(http);
    if (!admin.ok) return problem(http, admin.error);
    const found = await getMerchant(admin.value, http.req.param("merchant"));
    return found.ok ? http.json(fromMerchant(found.value)) : problem(http, found.error);
  });
}

function configurationRoutes(app: Hono<HttpEnv>): void {
  app.post("/sites", (http) =>
    create(http, "write:sites", siteSchema, async (ctx, wire) => {
      const { kind = null, number = null, ...site } = wire;
      return mapped(await createSite(ctx, { ...site, kind, number }, null), fromSite);
    }),
  );
  app.get("/sites", (http) =>
    list(http, "read:programs", async (ctx, limit, before) =>
      fromPage(await pageSites(ctx, limit, before), fromSite),
    ),
  );
  app.post("/programs", (http) =>
    create(http, "write:programs", programSchema, async (ctx, { name, ...definition }) =>
      mapped(await createProgram(ctx, name, definition), (row) => ({
        ...fromProgram(row),
        warnings: row.warnings,
      })),
    ),
  );
  app.get("/programs", (http) =>
    list(http, "read:programs", async (ctx) => {
      const found = await getProgram(ctx);
      const items = found.ok ? [found.value] : [];
      return fromPage({ items, hasMore: false, next: null }, fromProgram);
    }),
  );
  app.post("/keys", (http) =>
    create(http, "write:keys", keySchema, async (ctx, wire) =>
      mapped(await createKey(ctx, toKeyInput(wire)), fromNewKey),
    ),
  );
  app.get("/keys", (http) =>
    list(http, "write:keys", async (ctx, limit, before) =>
      fromPage(await pageKeys(ctx, limit, before), fromKey),
    ),
  );
  app.post("/staff", (http) =>
    create(http, "write:keys", staffSchema, async (ctx, wire) => {
      const { default_site: defaultSite = null, all_sites: allSites, number = null } = wire;
      const { username, password, name, sites, scopes } = wire;
      const who = { username, password, name, sites, scopes };
      const input = { ...who, defaultSite, allSites, number } as Parameters<typeof createStaff>[1];
      return mapped(await createStaff(ctx, input), fromStaff);
    }),
  );
  app.get("/staff", (http) =>
    list(http, "write:keys", async (ctx, limit, before) =>
      fromPage(await pageStaff(ctx, limit, before), fromStaff),
    ),
  );
}
