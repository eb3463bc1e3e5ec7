import * as z from "zod";
import { MODES } from "../../../core/mode.ts";
import { KEY_SCOPES } from "../../../services/context.ts";
import { MAX_NAME, MAX_NUMBER, moment, name } from "../schemas.ts";

const scopes = z.array(z.enum(KEY_SCOPES)).max(KEY_SCOPES.length);
const keyText = z.string().regex(/^[\x21-\x7e]{8,255}$/, "must be 8 to 255 visible characters");

/** `POST /keys`, of a dialect that there is. */
export const keySchema = (dialects: readonly string[]) =>
  z.strictObject({
    name,
    dialect: z.enum(dialects),
    mode: z.enum(MODES).optional(),
    scopes,
    text: keyText.optional(),
    secret: keyText.optional(),
    staff: z.string().max(MAX_NAME).optional(),
    site: z.string().max(64).optional(),
    unlimited: z.boolean().default(false),
    expires_at: moment.optional(),
  });

/** `POST /staff` */
export const staffSchema = z.strictObject({
  username: z.string().trim().min(1).max(MAX_NAME),
  password: z.string().min(1).max(MAX_NAME),
  name,
  sites: z.array(z.string().max(64)).max(1_000).default([]),
  default_site: z.string().max(64).optional(),
  all_sites: z.boolean().default(false),
  number: z.int().min(1).max(MAX_NUMBER).optional(),
  scopes: scopes.default([]),
});
