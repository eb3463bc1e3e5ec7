import { json } from "../../../http/calls.ts";
import {
  changeEndpoint,
  createEndpoint,
  getEndpoint,
  pageEndpoints,
  removeEndpoint,
  rotateSecret,
} from "../../../services/events/endpoints.ts";
import { deleted } from "../answers.ts";
import { call, list, mapped, NOTHING } from "../declarations.ts";
import { expectedVersion, setETag } from "../versions.ts";
import { endpointAnswer, newEndpointAnswer } from "./answers.ts";
import { endpointBody, newEndpointBody, toEndpointPatch } from "./mapping.ts";
import { endpointPatchSchema, endpointSchema } from "./schemas.ts";

const scope = "write:webhooks";
const path = "/webhook_endpoints/:id";

/** Webhook endpoints. */
export const ENDPOINT_CALLS = [
  call({
    method: "POST",
    path: "/webhook_endpoints",
    summary: "Registers a receiver of events, and shows its secret this once",
    scope,
    input: endpointSchema,
    answer: json(newEndpointAnswer),
    status: 201,
    errors: ["limit_reached"],
    async act(ctx, { event_types: eventTypes, ...rest }, received) {
      const made = await createEndpoint(ctx, { ...rest, eventTypes });
      if (made.ok) setETag(received, made.value.row.version);
      return mapped(made, newEndpointBody);
    },
  }),
  list({
    path: "/webhook_endpoints",
    summary: "Lists the merchant's webhook endpoints, newest first",
    scope,
    item: endpointAnswer,
    errors: [],
    read: pageEndpoints,
    show: endpointBody,
  }),
  call({
    method: "GET",
    path,
    summary: "Shows a webhook endpoint",
    scope,
    input: NOTHING,
    answer: json(endpointAnswer),
    errors: ["not_found"],
    async act(ctx, _, received) {
      const { id = "" } = received.path;
      const found = await getEndpoint(ctx, id);
      if (found.ok) setETag(received, found.value.version);
      return mapped(found, endpointBody);
    },
  }),
  call({
    method: "PATCH",
    path,
    summary: "Changes a webhook endpoint",
    scope,
    conditional: true,
    input: endpointPatchSchema,
    answer: json(endpointAnswer),
    errors: ["not_found", "if_match_required", "etag_mismatch"],
    async act(ctx, wire, received) {
      const { id = "" } = received.path;
      const version = expectedVersion(received.header("if-match"));
      if (!version.ok) return version;
      const changed = await changeEndpoint(ctx, id, version.value, toEndpointPatch(wire));
      if (changed.ok) setETag(received, changed.value.version);
      return mapped(changed, endpointBody);
    },
  }),
  call({
    method: "DELETE",
    path,
    summary: "Removes a webhook endpoint with its deliveries",
    scope,
    conditional: true,
    input: NOTHING,
    answer: json(deleted("webhook_endpoint")),
    errors: ["not_found", "if_match_required", "etag_mismatch"],
    async act(ctx, _, { path: { id = "" }, header }) {
      const version = expectedVersion(header("if-match"));
      if (!version.ok) return version;
      const removed = await removeEndpoint(ctx, id, version.value);
      return mapped(removed, () => ({ id, object: "webhook_endpoint", deleted: true }));
    },
  }),
  call({
    method: "POST",
    path: `${path}/rotate_secret`,
    summary: "Gives a webhook endpoint a new secret",
    scope,
    input: NOTHING,
    answer: json(newEndpointAnswer),
    errors: ["not_found", "limit_reached", "etag_mismatch"],
    async act(ctx, _, received) {
      const { id = "" } = received.path;
      const rotated = await rotateSecret(ctx, id);
      if (rotated.ok) setETag(received, rotated.value.row.version);
      return mapped(rotated, newEndpointBody);
    },
  }),
];
