import type { BookedEvent } from "../../core/events/body.ts";
import type { EventType } from "../../core/events/catalogue.ts";
import { makeId } from "../../core/ids.ts";
import { projectorOf } from "../../events/client.ts";
import type { FeedPart, FeedQuery } from "../../registry/events/events.ts";
import { readFeed } from "../../registry/events/events.ts";
import { ulid } from "../../ulid.ts";
import type { Context } from "../context.ts";

export type { EventRow, FeedPart } from "../../registry/events/events.ts";

/** An event of a change that D1 keeps. `data` carries ids and amounts, no personal data. */
export function makeEvent(
  ctx: Context,
  type: EventType,
  customer: string | null,
  data: Readonly<Record<string, unknown>>,
): BookedEvent {
  const { now, principal, dialect } = ctx;
  return {
    id: makeId("evt", ulid(now)),
    type,
    customerId: customer,
    sequence: null,
    timestamp: now,
    data: { ...data, site: principal.siteId, dialect },
  };
}

/**
 * Tells the merchant's projector, after the answer, that the feed has something new. If that is
 * lost, the sweep finds it.
 */
export function announce(ctx: Context): void {
  ctx.defer(projectorOf(ctx.env, ctx.principal.merchant.id).handOut());
}

/** A part of the merchant's feed. */
export async function readEvents(ctx: Context, query: FeedQuery): Promise<FeedPart> {
  return readFeed(ctx.db, ctx.principal.merchant.id, query);
}
