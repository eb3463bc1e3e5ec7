import * as z from "zod";
import { identity, stamps, text } from "../answers.ts";
import { programSchema } from "./schemas.ts";

/** A merchant's programme, as it was defined. */
export const programAnswer = z.object({
  ...identity("program"),
  ...programSchema.shape,
  ...stamps,
});

/** A programme that was just made, with what of it looks like a mistake. */
export const newProgramAnswer = programAnswer.extend({
  warnings: z.array(z.object({ pointer: text, code: text, detail: text })),
});
