import * as z from "zod";
import { identity, optionalText, stamps } from "../answers.ts";

const flag = z.boolean();

/** A message gateway without its secret. */
const gateway = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("webhook"), url: z.string() }),
  z.object({
    kind: z.literal("twilio"),
    base_url: z.string(),
    account_sid: z.string().optional(),
    from: z.string().optional(),
  }),
]);

/** A merchant. */
export const merchantAnswer = z.object({
  ...identity("merchant"),
  slug: z.string(),
  name: z.string(),
  currency: z.string(),
  time_zone: z.string(),
  business_type: optionalText,
  sandbox: flag,
  demo: flag,
  pending: flag,
  site_limit: z.int().nullable(),
  unmasked: flag,
  message_gateway: gateway.nullable(),
  ...stamps,
});
