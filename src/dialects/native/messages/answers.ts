import * as z from "zod";
import { identity, text, time } from "../answers.ts";

/** A message that was logged instead of sent. */
export const messageAnswer = z.object({
  ...identity("message"),
  purpose: text,
  to: text,
  text: text,
  created_at: time,
});
