import * as z from "zod";
import { MODES } from "../../../core/mode.ts";
import {
  flag,
  identity,
  optionalText,
  optionalTime,
  optionalWhole,
  stamps,
  text,
} from "../answers.ts";

const texts = z.array(text);

/** An API key, without its texts. */
export const keyAnswer = z.object({
  ...identity("key"),
  name: text,
  dialect: text,
  mode: z.enum(MODES),
  scopes: texts,
  hint: text,
  staff: optionalText,
  site: optionalText,
  unlimited: flag,
  expires_at: optionalTime,
  revoked_at: optionalTime,
  last_used_at: optionalTime,
  rotated_from: optionalText,
  ...stamps,
});

/** A key that was just made: the only answer that shows its texts. */
export const newKeyAnswer = keyAnswer.extend({ text: text, secret: optionalText });

/** A person of the merchant who signs in. */
export const staffAnswer = z.object({
  ...identity("staff"),
  number: optionalWhole,
  username: text,
  name: text,
  sites: texts,
  all_sites: flag,
  default_site: optionalText,
  scopes: texts,
  disabled_at: optionalTime,
  ...stamps,
});
