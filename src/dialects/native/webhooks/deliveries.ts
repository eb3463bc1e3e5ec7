import { ok } from "../../../core/result.ts";
import { json } from "../../../http/calls.ts";
import {
  eventDeliveries,
  pageDeliveries,
  pingEndpoint,
  replayEvents,
  resendEvent,
} from "../../../services/events/deliveries.ts";
import { call, list, mapped, NOTHING, pageAnswer, pageBody, wholePage } from "../declarations.ts";
import { deliveryAnswer, replayAnswer, sentAnswer } from "./answers.ts";
import { deliveryBody } from "./mapping.ts";
import { replaySchema, resendSchema } from "./schemas.ts";

const scope = "write:webhooks";
const path = "/webhook_endpoints/:id";

/** The ways of events to webhook endpoints. */
export const DELIVERY_CALLS = [
  call({
    method: "POST",
    path: `${path}/ping`,
    summary: "Sends a ping event to a webhook endpoint",
    scope,
    input: NOTHING,
    answer: json(sentAnswer),
    status: 202,
    errors: ["not_found"],
    act: async (ctx, _, { path: { id = "" } }) =>
      mapped(await pingEndpoint(ctx, id), (event) => ({ object: "event", id: event })),
  }),
  list({
    path: `${path}/deliveries`,
    summary: "Lists a webhook endpoint's deliveries with their tries, newest first",
    scope,
    item: deliveryAnswer,
    errors: ["not_found"],
    async read(ctx, limit, before, { path: { id: endpoint = "" } }) {
      const found = await pageDeliveries(ctx, endpoint, limit, before);
      return mapped(found, ({ deliveries, hasMore }) => ({
        items: deliveries.map((delivery) => ({ endpoint, delivery })),
        hasMore,
        next: hasMore ? (deliveries.at(-1)?.event ?? null) : null,
      }));
    },
    show: deliveryBody,
  }),
  call({
    method: "POST",
    path: `${path}/resend`,
    summary: "Delivers an event once more",
    scope,
    input: resendSchema,
    answer: json(sentAnswer),
    status: 202,
    errors: ["not_found"],
    act: async (ctx, { event }, { path: { id = "" } }) =>
      mapped(await resendEvent(ctx, id, event), () => ({ object: "event", id: event })),
  }),
  call({
    method: "POST",
    path: `${path}/replay`,
    summary: "Delivers again what happened since a moment",
    scope,
    input: replaySchema,
    answer: json(replayAnswer),
    status: 202,
    errors: ["not_found"],
    act: async (ctx, { since }, { path: { id = "" } }) =>
      mapped(await replayEvents(ctx, id, since), (events) => ({ object: "replay", events })),
  }),
  call({
    method: "GET",
    path: "/events/:id/deliveries",
    summary: "Lists an event's deliveries to every webhook endpoint",
    scope,
    input: NOTHING,
    answer: pageAnswer(deliveryAnswer),
    errors: [],
    async act(ctx, _, { path: { id = "" } }) {
      const found = await eventDeliveries(ctx, id);
      return ok(pageBody(wholePage(found), deliveryBody));
    },
  }),
];
