import * as z from "zod";
import { identity, optionalText, stamps } from "../answers.ts";

/** A place of sale. */
export const siteAnswer = z.object({
  ...identity("site"),
  number: z.int(),
  code: z.string(),
  name: z.string(),
  kind: optionalText,
  address: z.record(z.string(), z.string()),
  ...stamps,
});
