import * as z from "zod";
import { EVENT_TYPES } from "../../../core/events/catalogue.ts";
import { identity, optionalTime, time } from "../answers.ts";

/** An event of the feed, with its number in it. */
const event = z.object({
  ...identity("event"),
  seq: z.int(),
  type: z.enum(EVENT_TYPES),
  timestamp: time,
  merchant: z.string(),
  livemode: z.boolean(),
  sequence: z.int().nullable(),
  data: z.record(z.string(), z.unknown()),
});

/** A part of the feed: what looks back names what is before it, what tails what comes after. */
export const feedAnswer = z.object({
  object: z.literal("list"),
  data: z.array(event),
  has_more: z.boolean(),
  next_cursor: z.string().nullable().optional(),
  next_after_seq: z.int().optional(),
});

/** A rebuild and how far it is. */
export const rebuildAnswer = z.object({
  object: z.literal("projection_rebuild"),
  state: z.enum(["running", "finished"]),
  customers_done: z.int(),
  customers_total: z.int(),
  started_at: time,
  finished_at: optionalTime,
});
