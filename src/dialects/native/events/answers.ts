import * as z from "zod";
import { EVENT_TYPES } from "../../../core/events/catalogue.ts";
import {
  flag,
  identity,
  optionalText,
  optionalTime,
  optionalWhole,
  text,
  time,
  whole,
} from "../answers.ts";

/** An event of the feed, with its number in it. */
const event = z.object({
  ...identity("event"),
  seq: whole,
  type: z.enum(EVENT_TYPES),
  timestamp: time,
  merchant: text,
  livemode: flag,
  sequence: optionalWhole,
  data: z.record(text, z.unknown()),
});

/** A part of the feed: what looks back names what is before it, what tails what comes after. */
export const feedAnswer = z.object({
  object: z.literal("list"),
  data: z.array(event),
  has_more: flag,
  next_cursor: optionalText.optional(),
  next_after_seq: whole.optional(),
});

/** A rebuild and how far it is. */
export const rebuildAnswer = z.object({
  object: z.literal("projection_rebuild"),
  state: z.enum(["running", "finished"]),
  customers_done: whole,
  customers_total: whole,
  started_at: time,
  finished_at: optionalTime,
});
