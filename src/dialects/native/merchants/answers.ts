import * as z from "zod";
import { flag, identity, optionalText, optionalWhole, stamps, text } from "../answers.ts";

/** A message gateway without its secret. */
const gateway = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("webhook"), url: text }),
  z.object({
    kind: z.literal("twilio"),
    base_url: text,
    account_sid: text.optional(),
    from: text.optional(),
  }),
]);

/** A merchant. */
export const merchantAnswer = z.object({
  ...identity("merchant"),
  slug: text,
  name: text,
  currency: text,
  time_zone: text,
  business_type: optionalText,
  sandbox: flag,
  demo: flag,
  pending: flag,
  site_limit: optionalWhole,
  unmasked: flag,
  message_gateway: gateway.nullable(),
  bill_numbers: z.enum(["site", "merchant"]),
  ...stamps,
});
