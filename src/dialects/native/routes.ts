import { Hono } from "hono";
import type { z } from "zod";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { decodeUtf8, readBody } from "../../http/body.ts";
import { closeRoutes } from "../../http/closing.ts";
import type { Http, HttpEnv } from "../../http/request.ts";
import { logUnexpected } from "../../http/request.ts";
import { validate } from "../../http/validation.ts";
import type { Context } from "../../services/context.ts";
import { createKey, pageKeys } from "../../services/keys.ts";
import { createMerchant, getMerchant, pageMerchants } from "../../services/merchants.ts";
import { createProgram, getProgram } from "../../services/programs.ts";
import { createSite, pageSites } from "../../services/sites.ts";
import { createStaff, pageStaff } from "../../services/staff.ts";
import { createSeries, cursorSeries } from "../../services/voucher-series.ts";
import { authenticateAdmin, authenticateForMerchant } from "./authentication.ts";
import { internalProblem, problem } from "./errors.ts";
import { importCustomers } from "./import.ts";
import {
  type Body,
  fromKey,
  fromMerchant,
  fromNewKey,
  fromPage,
  fromProgram,
  fromSeries,
  fromSite,
  fromStaff,
  toKeyInput,
  toMerchantInput,
  toSeriesInput,
} from "./mapping.ts";
import {
  keySchema,
  listSchema,
  MAX_BODY_BYTES,
  merchantSchema,
  programSchema,
  siteSchema,
  staffSchema,
  voucherSeriesSchema,
} from "./schemas.ts";

type Answer = Promise<Result<Body, LoyaltyError>>;

/** The native API, `/loyalty/v1`. */
export function nativeRoutes(): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  merchantRoutes(app);
  configurationRoutes(app);
  app.post("/customers/import", async (http) => {
    const ctx = await authenticateForMerchant(http);
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
    create(http, siteSchema, async (ctx, { code, name, kind, address }) =>
      mapped(await createSite(ctx, { code, name, kind: kind ?? null, address }, null), fromSite),
    ),
  );
  app.get("/sites", (http) =>
    list(http, async (ctx, limit, before) =>
      fromPage(await pageSites(ctx, limit, before), fromSite),
    ),
  );
  app.post("/programs", (http) =>
    create(http, programSchema, async (ctx, { name, ...definition }) =>
      mapped(await createProgram(ctx, name, definition), fromProgram),
    ),
  );
  app.get("/programs", (http) =>
    list(http, async (ctx) => {
      const found = await getProgram(ctx);
      const items = found.ok ? [found.value] : [];
      return fromPage({ items, hasMore: false, next: null }, fromProgram);
    }),
  );
  app.post("/voucher_series", (http) =>
    create(http, voucherSeriesSchema, async (ctx, wire) => {
      const input = toSeriesInput(wire, ctx.principal.merchant);
      if (!input.ok) return input;
      return mapped(await createSeries(ctx, input.value), ({ id, codes }) => ({
        id,
        object: "voucher_series",
        codes,
      }));
    }),
  );
  app.get("/voucher_series", (http) =>
    list(http, async (ctx, limit, before) =>
      fromPage(await cursorSeries(ctx, limit, before), (row) =>
        fromSeries(row, ctx.principal.merchant.currency),
      ),
    ),
  );
  app.post("/keys", (http) =>
    create(http, keySchema, async (ctx, wire) =>
      mapped(await createKey(ctx, toKeyInput(wire)), fromNewKey),
    ),
  );
  app.get("/keys", (http) =>
    list(http, async (ctx, limit, before) => fromPage(await pageKeys(ctx, limit, before), fromKey)),
  );
  app.post("/staff", (http) =>
    create(http, staffSchema, async (ctx, wire) => {
      const { default_site: defaultSite = null, ...rest } = wire;
      const input = { ...rest, defaultSite } as Parameters<typeof createStaff>[1];
      return mapped(await createStaff(ctx, input), fromStaff);
    }),
  );
  app.get("/staff", (http) =>
    list(http, async (ctx, limit, before) =>
      fromPage(await pageStaff(ctx, limit, before), fromStaff),
    ),
  );
}

async function create<S extends z.ZodType>(
  http: Http,
  schema: S,
  make: (ctx: Context, wire: z.output<S>) => Answer,
): Promise<Response> {
  const ctx = await authenticateForMerchant(http);
  if (!ctx.ok) return problem(http, ctx.error);
  const wire = await readJson(http, schema);
  if (!wire.ok) return problem(http, wire.error);
  const made = await make(ctx.value, wire.value);
  return made.ok ? http.json(made.value, 201) : problem(http, made.error);
}

async function list(
  http: Http,
  read: (ctx: Context, limit: number, before: string | null) => Promise<Body>,
): Promise<Response> {
  const ctx = await authenticateForMerchant(http);
  if (!ctx.ok) return problem(http, ctx.error);
  const query = validate(listSchema, http.req.query());
  if (!query.ok) return problem(http, query.error);
  return http.json(await read(ctx.value, query.value.limit, query.value.cursor ?? null));
}

async function readJson<S extends z.ZodType>(
  http: Http,
  schema: S,
): Promise<Result<z.output<S>, LoyaltyError>> {
  const body = await readBody(http.req.raw, MAX_BODY_BYTES);
  if (!body.ok) return body;
  const text = decodeUtf8(body.value);
  if (text === null) return err({ code: "invalid_json" });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err({ code: "invalid_json" });
  }
  return validate(schema, value);
}

function mapped<T>(result: Result<T, LoyaltyError>, body: (value: T) => Body): Awaited<Answer> {
  return result.ok ? ok(body(result.value)) : result;
}
