import * as z from "zod";
import { identity, time } from "../answers.ts";

/** A message that was logged instead of sent. */
export const messageAnswer = z.object({
  ...identity("message"),
  purpose: z.string(),
  to: z.string(),
  text: z.string(),
  created_at: time,
});
