import * as z from "zod";
import { WEBHOOK_FORMS } from "../../../core/events/forms.ts";
import { identity, optionalText, optionalTime, stamps, time } from "../answers.ts";

/** An endpoint as everybody may see it: never with its secret. */
export const endpointAnswer = z.object({
  ...identity("webhook_endpoint"),
  url: z.string(),
  description: z.string(),
  event_types: z.array(z.string()),
  form: z.enum(WEBHOOK_FORMS),
  enabled: z.boolean(),
  disabled_reason: optionalText,
  ...stamps,
});

/** An endpoint that was just made or got a new secret: the only answer that shows it. */
export const newEndpointAnswer = endpointAnswer.extend({ secret: z.string() });

/** An event that is on its way. */
export const sentAnswer = z.object(identity("event"));

/** How many events are delivered again. */
export const replayAnswer = z.object({ object: z.literal("replay"), events: z.int() });

/** A delivery with every try. */
export const deliveryAnswer = z.object({
  object: z.literal("delivery"),
  webhook_endpoint: z.string(),
  event: z.string(),
  type: z.string(),
  state: z.enum(["pending", "delivered", "failed"]),
  created_at: time,
  next_try_at: optionalTime,
  tries: z.array(
    z.object({
      n: z.int(),
      at: time,
      duration_ms: z.int(),
      status: z.int().nullable(),
      failure: optionalText,
      response: z.string(),
    }),
  ),
});
