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
    scopes: scopes.min(1),
    text: keyText.optional(),
    secret: keyText.optional(),
    staff: z.string().max(MAX_NAME).optional(),
    site: z.string().max(64).optional(),
    unlimited: z.boolean().default(false),
    expires_at: moment.optional(),
  });

/** Seconds of a week: the longest that a key and the one that follows it are both good. */
const MAX_OVERLAP = 604_800;
const DAY = 86_400;

/** `POST /keys/{id}/rotate` */
export const rotationSchema = z.strictObject({
  overlap_seconds: z.int().min(0).max(MAX_OVERLAP).default(DAY),
});

const password = z.string().min(1).max(MAX_NAME);
const siteCode = z.string().max(64);
const siteCodes = z.array(siteCode).max(1_000);

/** `PATCH /staff/{id}`: what is absent stays. */
export const staffPatchSchema = z.strictObject({
  password: password.optional(),
  name: name.optional(),
  sites: siteCodes.optional(),
  default_site: siteCode.nullable().optional(),
  all_sites: z.boolean().optional(),
  scopes: scopes.optional(),
  disabled: z.boolean().optional(),
});

/** `POST /staff` */
export const staffSchema = z.strictObject({
  username: z.string().trim().min(1).max(MAX_NAME),
  password,
  name,
  sites: siteCodes.default([]),
  default_site: siteCode.optional(),
  all_sites: z.boolean().default(false),
  number: z.int().min(1).max(MAX_NUMBER).optional(),
  scopes: scopes.default([]),
});
