import type * as z from "zod";
import type { Delivery } from "../../../services/events/deliveries.ts";
import type {
  EndpointPatch,
  EndpointRow,
  NewEndpoint,
} from "../../../services/events/endpoints.ts";
import { optionalTimeText, stampTexts, timeText } from "../mapping.ts";
import type { deliveryAnswer, endpointAnswer, newEndpointAnswer } from "./answers.ts";
import type { endpointPatchSchema } from "./schemas.ts";

/** What to change of an endpoint: only what is given. */
export function toEndpointPatch(wire: z.output<typeof endpointPatchSchema>): EndpointPatch {
  const { event_types: eventTypes, ...rest } = wire;
  const given = Object.entries({ ...rest, eventTypes }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as EndpointPatch;
}

export function endpointBody(row: EndpointRow): z.input<typeof endpointAnswer> {
  return {
    id: row.id,
    object: "webhook_endpoint",
    url: row.url,
    description: row.description,
    event_types: row.eventTypes,
    form: row.form,
    enabled: row.enabled,
    disabled_reason: row.disabledReason,
    behind_since: optionalTimeText(row.behindSince),
    ...stampTexts(row),
  };
}

export function newEndpointBody(made: NewEndpoint): z.input<typeof newEndpointAnswer> {
  return { ...endpointBody(made.row), secret: made.secret };
}

/** An event's way to one endpoint. */
export interface EndpointDelivery {
  readonly endpoint: string;
  readonly delivery: Delivery;
}

export function deliveryBody({
  endpoint,
  delivery,
}: EndpointDelivery): z.input<typeof deliveryAnswer> {
  return {
    object: "delivery",
    webhook_endpoint: endpoint,
    event: delivery.event,
    type: delivery.type,
    state: delivery.state,
    created_at: timeText(delivery.createdAt),
    next_try_at: optionalTimeText(delivery.nextAt),
    tries: delivery.tries.map((made, i) => ({
      n: i + 1,
      at: timeText(made.at),
      duration_ms: made.durationMs,
      status: made.status,
      failure: made.failure,
      response: made.response,
    })),
  };
}
