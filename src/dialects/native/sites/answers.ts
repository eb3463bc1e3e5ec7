import * as z from "zod";
import { identity, optionalText, stamps, text, whole } from "../answers.ts";

/** A place of sale. */
export const siteAnswer = z.object({
  ...identity("site"),
  number: whole,
  code: text,
  name: text,
  kind: optionalText,
  address: z.record(text, text),
  ...stamps,
});
