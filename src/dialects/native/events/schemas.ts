import * as z from "zod";
import { eventType, MAX_TYPES } from "../webhooks/schemas.ts";

const seq = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** `GET /events`: `after_seq` tails the feed, `cursor` looks back. */
export const feedSchema = z
  .strictObject({
    limit: z.coerce.number().int().min(1).max(100).default(25),
    after_seq: seq.optional(),
    cursor: seq.optional(),
    types: z
      .string()
      .max(1_000)
      .transform((text) => text.split(",").map((type) => type.trim()))
      .pipe(z.array(eventType).max(MAX_TYPES))
      .optional(),
  })
  .refine((query) => query.after_seq === undefined || query.cursor === undefined, {
    path: ["cursor"],
    message: "must not be given beside after_seq",
  });
