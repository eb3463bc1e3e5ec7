import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import { deliveryText, wantsType } from "../../core/events/body.ts";
import { makeId } from "../../core/ids.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { configOf, outgoingEvent } from "../../events/client.ts";
import { listEndpoints } from "../../registry/events/endpoints.ts";
import { readFeed, seqAt } from "../../registry/events/events.ts";
import { ulid } from "../../ulid.ts";
import type { Delivery, DeliveryPage } from "../../webhooks/client.ts";
import { endpointOf } from "../../webhooks/client.ts";
import type { Context } from "../context.ts";
import { getEndpoint, MAX_ENDPOINTS } from "./endpoints.ts";
import { makeEvent } from "./events.ts";

export type { Delivery } from "../../webhooks/client.ts";

/** Events that one replay delivers; what is beyond is replayed from a later time. */
export const MAX_REPLAYED = 10_000;

const CHUNK = 300;

/** The feed is in the order of its commits, which may come so much later than what they tell of. */
const DISORDER_MS = 10 * 60 * 1000;

/** Sends a `ping` event to one endpoint, whatever its types; answers the event's id. */
export async function pingEndpoint(
  ctx: Context,
  id: string,
): Promise<Result<string, LoyaltyError>> {
  const found = await getEndpoint(ctx, id);
  if (!found.ok) return found;
  const { merchant, mode } = ctx.principal;
  const made = makeEvent(ctx, "ping", null, { webhook_endpoint: id });
  const event = { ...made, id: makeId("evt", ulid()), merchantId: merchant.id, seq: 0 };
  const body = deliveryText(event, !merchant.sandbox);
  if (mode === "live") {
    const outgoing = [{ id: event.id, type: event.type, body, seq: 0, customer: null }];
    await endpointOf(ctx.env, merchant.id, id).enqueue(configOf(found.value), outgoing);
  }
  return ok(event.id);
}

/** A page of an endpoint's deliveries with their tries, newest first. */
export async function pageDeliveries(
  ctx: Context,
  id: string,
  limit: number,
  before: string | null,
): Promise<Result<DeliveryPage & { readonly hasMore: boolean }, LoyaltyError>> {
  const found = await getEndpoint(ctx, id);
  if (!found.ok) return found;
  const endpoint = endpointOf(ctx.env, ctx.principal.merchant.id, id);
  const page = await endpoint.deliveries({ event: null, limit: limit + 1, before });
  const deliveries = page.deliveries.slice(0, limit);
  return ok({ deliveries, hasMore: page.deliveries.length > limit });
}

/** An event's way to each endpoint that was handed it. */
export async function eventDeliveries(
  ctx: Context,
  event: string,
): Promise<readonly { readonly endpoint: string; readonly delivery: Delivery }[]> {
  const merchantId = ctx.principal.merchant.id;
  const endpoints = await listEndpoints(ctx.db, merchantId, MAX_ENDPOINTS, null);
  const pages = await Promise.all(
    endpoints.map(async ({ id }) => {
      const query = { event, limit: 1, before: null };
      const { deliveries } = await endpointOf(ctx.env, merchantId, id).deliveries(query);
      return deliveries.map((delivery) => ({ endpoint: id, delivery }));
    }),
  );
  return pages.flat();
}

/**
 * Delivers an event that the endpoint was handed once more. The endpoint's object keeps no body of
 * what was delivered: that is read again from the feed.
 */
export async function resendEvent(
  ctx: Context,
  id: string,
  event: string,
): Promise<Result<null, LoyaltyError>> {
  const found = await getEndpoint(ctx, id);
  if (!found.ok) return found;
  const { merchant, mode } = ctx.principal;
  const endpoint = endpointOf(ctx.env, merchant.id, id);
  const [delivery] = (await endpoint.deliveries({ event, limit: 1, before: null })).deliveries;
  if (delivery === undefined) return notFound("event");
  const { inFeed } = delivery;
  if (inFeed === null) {
    const sent = mode === "test" || (await endpoint.resend(event));
    return sent ? ok(null) : notFound("event");
  }
  const { rows } = await readFeed(ctx.db, merchant.id, {
    after: inFeed - 1,
    types: [],
    limit: 1,
  });
  const [row] = rows;
  if (row?.id !== event) return notFound("event");
  if (mode === "live") {
    const outgoing = [outgoingEvent(row, !merchant.sandbox)];
    await endpoint.enqueue(configOf(found.value), outgoing, true);
  }
  return ok(null);
}

/**
 * Delivers again what the feed has since a moment and the endpoint wants, also what it never got;
 * at most {@link MAX_REPLAYED}. Answers how many.
 */
export async function replayEvents(
  ctx: Context,
  id: string,
  since: number,
): Promise<Result<number, LoyaltyError>> {
  const found = await getEndpoint(ctx, id);
  if (!found.ok) return found;
  const { merchant, mode } = ctx.principal;
  const endpoint = found.value;
  let after = (await seqAt(ctx.db, merchant.id, since - DISORDER_MS)) - 1;
  let count = 0;
  for (let read = CHUNK; read === CHUNK && count < MAX_REPLAYED; ) {
    const { rows } = await readFeed(ctx.db, merchant.id, { after, types: [], limit: CHUNK });
    const events = rows
      .filter((row) => row.timestamp >= since && wantsType(endpoint.eventTypes, row.type))
      .map((row) => outgoingEvent(row, !merchant.sandbox));
    if (events.length > 0 && mode === "live") {
      await endpointOf(ctx.env, merchant.id, id).enqueue(configOf(endpoint), events, true);
    }
    count += events.length;
    read = rows.length;
    after = rows.at(-1)?.seq ?? after;
  }
  return ok(count);
}
