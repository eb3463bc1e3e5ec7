import { eventBody } from "../../core/events/body.ts";
import type { Delivery } from "../../services/events/deliveries.ts";
import type { EndpointRow, NewEndpoint } from "../../services/events/endpoints.ts";
import type { EventRow } from "../../services/events/events.ts";
import type { RebuildRow } from "../../services/events/projection.ts";
import type { Body } from "./mapping.ts";

const at = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString();

/** An endpoint as everybody may see it: never with its secret. */
export function fromEndpoint(row: EndpointRow): Body {
  return {
    id: row.id,
    object: "webhook_endpoint",
    url: row.url,
    description: row.description,
    event_types: row.eventTypes,
    form: row.form,
    enabled: row.enabled,
    disabled_reason: row.disabledReason,
    created_at: at(row.createdAt),
    updated_at: at(row.updatedAt),
  };
}

/** An endpoint that was just made or got a new secret: the only answer that shows it. */
export function fromNewEndpoint({ row, secret }: NewEndpoint): Body {
  return { ...fromEndpoint(row), secret };
}

/** An event of the feed, with its number in it. */
export function fromEvent(row: EventRow, livemode: boolean): Body {
  return { object: "event", seq: row.seq, ...eventBody(row, livemode) };
}

/** A delivery with every try. */
export function fromDelivery(endpoint: string, delivery: Delivery): Body {
  return {
    object: "delivery",
    webhook_endpoint: endpoint,
    event: delivery.event,
    type: delivery.type,
    state: delivery.state,
    created_at: at(delivery.createdAt),
    next_try_at: at(delivery.nextAt),
    tries: delivery.tries.map((made, i) => ({
      n: i + 1,
      at: at(made.at),
      duration_ms: made.durationMs,
      status: made.status,
      failure: made.failure,
      response: made.response,
    })),
  };
}

/** A rebuild and how far it is. */
export function fromRebuild(row: RebuildRow): Body {
  return {
    object: "projection_rebuild",
    state: row.finishedAt === null ? "running" : "finished",
    customers_done: row.done,
    customers_total: row.total,
    started_at: at(row.startedAt),
    finished_at: at(row.finishedAt),
  };
}
