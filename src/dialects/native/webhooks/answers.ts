import * as z from "zod";
import { WEBHOOK_FORMS } from "../../../core/events/forms.ts";
import {
  flag,
  identity,
  optionalText,
  optionalTime,
  optionalWhole,
  stamps,
  text,
  time,
  whole,
} from "../answers.ts";

/** An endpoint as everybody may see it: never with its secret. */
export const endpointAnswer = z.object({
  ...identity("webhook_endpoint"),
  url: text,
  description: text,
  event_types: z.array(text),
  form: z.enum(WEBHOOK_FORMS),
  enabled: flag,
  disabled_reason: optionalText,
  /** Since when its events are handed over late; null: they are not. */
  behind_since: optionalTime,
  ...stamps,
});

/** An endpoint that was just made or got a new secret: the only answer that shows it. */
export const newEndpointAnswer = endpointAnswer.extend({ secret: text });

/** An event that is on its way. */
export const sentAnswer = z.object(identity("event"));

/** How many events are delivered again. */
export const replayAnswer = z.object({ object: z.literal("replay"), events: whole });

/** A delivery with every try. */
export const deliveryAnswer = z.object({
  object: z.literal("delivery"),
  webhook_endpoint: text,
  event: text,
  type: text,
  state: z.enum(["pending", "delivered", "failed"]),
  created_at: time,
  next_try_at: optionalTime,
  tries: z.array(
    z.object({
      n: whole,
      at: time,
      duration_ms: whole,
      status: optionalWhole,
      failure: optionalText,
      response: text,
    }),
  ),
});
