import type { Hono } from "hono";
import { ok } from "../../core/result.ts";
import type { Http, HttpEnv } from "../../http/request.ts";
import { validate } from "../../http/wire/validation.ts";
import type { Context } from "../../services/context.ts";
import {
  eventDeliveries,
  pageDeliveries,
  pingEndpoint,
  replayEvents,
  resendEvent,
} from "../../services/events/deliveries.ts";
import type { EndpointPatch } from "../../services/events/endpoints.ts";
import {
  changeEndpoint,
  createEndpoint,
  getEndpoint,
  pageEndpoints,
  removeEndpoint,
  rotateSecret,
} from "../../services/events/endpoints.ts";
import { readEvents } from "../../services/events/events.ts";
import { getRebuild, rebuildProjection } from "../../services/events/projection.ts";
import type { Answer } from "./calls.ts";
import { call, create, expectedVersion, list, mapped, readJson, setETag } from "./calls.ts";
import { fromPage } from "./mapping.ts";
import {
  fromDelivery,
  fromEndpoint,
  fromEvent,
  fromNewEndpoint,
  fromRebuild,
} from "./webhook-mapping.ts";
import {
  endpointPatchSchema,
  endpointSchema,
  feedSchema,
  replaySchema,
  resendSchema,
} from "./webhook-schemas.ts";

const SCOPE = "write:webhooks";

/** Webhook endpoints, their deliveries, the feed, and rebuilding the projection. */
export function webhookRoutes(app: Hono<HttpEnv>): void {
  endpointRoutes(app);
  deliveryRoutes(app);
  app.get("/events", (http) => call(http, "read:events", (ctx) => feed(http, ctx)));
  app.post("/projection/rebuild", (http) =>
    call(http, "admin", async (ctx) => mapped(await rebuildProjection(ctx), fromRebuild), 202),
  );
  app.get("/projection/rebuild", (http) =>
    call(http, "admin", async (ctx) => mapped(await getRebuild(ctx), fromRebuild)),
  );
}

function endpointRoutes(app: Hono<HttpEnv>): void {
  const path = "/webhook_endpoints/:id";
  app.post("/webhook_endpoints", (http) =>
    create(http, SCOPE, endpointSchema, async (ctx, wire) => {
      const { event_types: eventTypes, ...rest } = wire;
      const made = await createEndpoint(ctx, { ...rest, eventTypes });
      if (made.ok) setETag(http, made.value.row.version);
      return mapped(made, fromNewEndpoint);
    }),
  );
  app.get("/webhook_endpoints", (http) =>
    list(http, SCOPE, async (ctx, limit, before) =>
      fromPage(await pageEndpoints(ctx, limit, before), fromEndpoint),
    ),
  );
  app.get(path, (http) =>
    call(http, SCOPE, async (ctx) => {
      const found = await getEndpoint(ctx, http.req.param("id"));
      if (found.ok) setETag(http, found.value.version);
      return mapped(found, fromEndpoint);
    }),
  );
  app.patch(path, (http) => call(http, SCOPE, (ctx) => change(http, ctx, http.req.param("id"))));
  app.delete(path, (http) =>
    call(http, SCOPE, async (ctx) => {
      const version = expectedVersion(http);
      if (!version.ok) return version;
      const id = http.req.param("id");
      const removed = await removeEndpoint(ctx, id, version.value);
      return mapped(removed, () => ({ id, object: "webhook_endpoint", deleted: true }));
    }),
  );
  app.post(`${path}/rotate_secret`, (http) =>
    call(http, SCOPE, async (ctx) => {
      const rotated = await rotateSecret(ctx, http.req.param("id"));
      if (rotated.ok) setETag(http, rotated.value.row.version);
      return mapped(rotated, fromNewEndpoint);
    }),
  );
}

async function change(http: Http, ctx: Context, id: string): Answer {
  const version = expectedVersion(http);
  if (!version.ok) return version;
  const wire = await readJson(http, endpointPatchSchema);
  if (!wire.ok) return wire;
  const { event_types: eventTypes, ...rest } = wire.value;
  const given = Object.entries({ ...rest, eventTypes }).filter(([, value]) => value !== undefined);
  const patch = Object.fromEntries(given) as EndpointPatch;
  const changed = await changeEndpoint(ctx, id, version.value, patch);
  if (changed.ok) setETag(http, changed.value.version);
  return mapped(changed, fromEndpoint);
}

function deliveryRoutes(app: Hono<HttpEnv>): void {
  const path = "/webhook_endpoints/:id";
  app.post(`${path}/ping`, (http) =>
    call(
      http,
      SCOPE,
      async (ctx) =>
        mapped(await pingEndpoint(ctx, http.req.param("id")), (id) => ({ object: "event", id })),
      202,
    ),
  );
  app.get(`${path}/deliveries`, (http) =>
    list(http, SCOPE, async (ctx, limit, before) => {
      const id = http.req.param("id");
      return mapped(await pageDeliveries(ctx, id, limit, before), ({ deliveries, hasMore }) => ({
        object: "list",
        data: deliveries.map((delivery) => fromDelivery(id, delivery)),
        has_more: hasMore,
        next_cursor: hasMore ? (deliveries.at(-1)?.event ?? null) : null,
      }));
    }),
  );
  app.post(`${path}/resend`, (http) =>
    call(
      http,
      SCOPE,
      async (ctx) => {
        const wire = await readJson(http, resendSchema);
        if (!wire.ok) return wire;
        const { event } = wire.value;
        const resent = await resendEvent(ctx, http.req.param("id"), event);
        return mapped(resent, () => ({ object: "event", id: event }));
      },
      202,
    ),
  );
  app.post(`${path}/replay`, (http) =>
    call(
      http,
      SCOPE,
      async (ctx) => {
        const wire = await readJson(http, replaySchema);
        if (!wire.ok) return wire;
        const replayed = await replayEvents(ctx, http.req.param("id"), wire.value.since);
        return mapped(replayed, (events) => ({ object: "replay", events }));
      },
      202,
    ),
  );
  app.get("/events/:id/deliveries", (http) =>
    call(http, SCOPE, async (ctx) => {
      const found = await eventDeliveries(ctx, http.req.param("id"));
      const data = found.map(({ endpoint, delivery }) => fromDelivery(endpoint, delivery));
      return ok({ object: "list", data, has_more: false, next_cursor: null });
    }),
  );
}

async function feed(http: Http, ctx: Context): Answer {
  const query = validate(feedSchema, http.req.query());
  if (!query.ok) return query;
  const { limit, after_seq: after, cursor: before, types = [] } = query.value;
  const rows = await readEvents(ctx, {
    types,
    limit: limit + 1,
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before }),
  });
  const { sandbox } = ctx.principal.merchant;
  const data = rows.slice(0, limit).map((row) => fromEvent(row, !sandbox));
  const last = rows.slice(0, limit).at(-1)?.seq;
  const hasMore = rows.length > limit;
  const next = after === undefined ? { next_cursor: hasMore ? String(last) : null } : {};
  const tail = after === undefined ? {} : { next_after_seq: last ?? after };
  return ok({ object: "list", data, has_more: hasMore, ...next, ...tail });
}
