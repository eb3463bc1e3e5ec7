import { ok } from "../../../core/result.ts";
import { json } from "../../../http/calls.ts";
import { readEvents } from "../../../services/events/events.ts";
import { getRebuild, rebuildProjection } from "../../../services/events/projection.ts";
import { call, mapped, NOTHING } from "../declarations.ts";
import { feedAnswer, rebuildAnswer } from "./answers.ts";
import { feedBody, rebuildBody } from "./mapping.ts";
import { feedSchema } from "./schemas.ts";

/** The feed. */
export const FEED_CALLS = [
  call({
    method: "GET",
    path: "/events",
    summary: "Shows a part of the feed of what happened",
    scope: "read:events",
    input: feedSchema,
    answer: json(feedAnswer),
    errors: [],
    async act(ctx, wire) {
      const { limit, after_seq: after, cursor: before, types = [] } = wire;
      const part = await readEvents(ctx, {
        types,
        limit: limit + 1,
        ...(after === undefined ? {} : { after }),
        ...(before === undefined ? {} : { before }),
      });
      return ok(feedBody(wire, part, !ctx.principal.merchant.sandbox));
    },
  }),
];

/** Making the copies of the wallets anew. */
export const REBUILD_CALLS = [
  call({
    method: "POST",
    path: "/projection/rebuild",
    summary: "Starts to make all copies of the merchant's wallets anew",
    scope: "admin",
    input: NOTHING,
    answer: json(rebuildAnswer),
    status: 202,
    errors: ["not_found"],
    act: async (ctx) => mapped(await rebuildProjection(ctx), rebuildBody),
  }),
  call({
    method: "GET",
    path: "/projection/rebuild",
    summary: "Shows how far the last rebuild is",
    scope: "admin",
    input: NOTHING,
    answer: json(rebuildAnswer),
    errors: ["not_found"],
    act: async (ctx) => mapped(await getRebuild(ctx), rebuildBody),
  }),
];
