import * as z from "zod";
import { WEBHOOK_FORMS } from "../../../core/events/forms.ts";
import { moment } from "../schemas.ts";

const MAX_URL = 2_048;
const MAX_DESCRIPTION = 500;
export const MAX_TYPES = 50;

/** `points.earned`, `points.*` or `*`. */
export const eventType = z
  .string()
  .max(64)
  .regex(/^(?:\*|[a-z][a-z_]*(?:\.(?:\*|[a-z][a-z_]*))?)$/, "must be a type, e.g. points.*");

const eventTypes = z.array(eventType).min(1).max(MAX_TYPES);

/** `POST /webhook_endpoints` */
export const endpointSchema = z.strictObject({
  url: z.string().max(MAX_URL),
  description: z.string().max(MAX_DESCRIPTION).default(""),
  event_types: eventTypes.default(["*"]),
  form: z.enum(WEBHOOK_FORMS).default("standard"),
});

/** `PATCH /webhook_endpoints/{id}` */
export const endpointPatchSchema = z.strictObject({
  url: z.string().max(MAX_URL).optional(),
  description: z.string().max(MAX_DESCRIPTION).optional(),
  event_types: eventTypes.optional(),
  form: z.enum(WEBHOOK_FORMS).optional(),
  enabled: z.boolean().optional(),
});

/** `POST /webhook_endpoints/{id}/resend` */
export const resendSchema = z.strictObject({ event: z.string().max(64) });

/** `POST /webhook_endpoints/{id}/replay` */
export const replaySchema = z.strictObject({
  since: moment,
});
