import * as z from "zod";
import { MODES } from "../../../core/mode.ts";
import { identity, optionalText, optionalTime, stamps } from "../answers.ts";

const texts = z.array(z.string());

/** An API key, without its texts. */
export const keyAnswer = z.object({
  ...identity("key"),
  name: z.string(),
  dialect: z.string(),
  mode: z.enum(MODES),
  scopes: texts,
  hint: z.string(),
  staff: optionalText,
  site: optionalText,
  unlimited: z.boolean(),
  expires_at: optionalTime,
  revoked_at: optionalTime,
  ...stamps,
});

/** A key that was just made: the only answer that shows its texts. */
export const newKeyAnswer = keyAnswer.extend({ text: z.string(), secret: optionalText });

/** A person of the merchant who signs in. */
export const staffAnswer = z.object({
  ...identity("staff"),
  number: z.int().nullable(),
  username: z.string(),
  name: z.string(),
  sites: texts,
  all_sites: z.boolean(),
  default_site: optionalText,
  scopes: texts,
  ...stamps,
});
