import * as z from "zod";
import { businessType, MAX_TEXT, name } from "../schemas.ts";

const gatewayUrl = z.url({ protocol: /^https?$/ }).max(MAX_TEXT);
const gatewaySecret = z.string().regex(/^[\x21-\x7e]{16,255}$/, "must be 16 to 255 characters");

/** How short messages (one-time passwords) reach customers. */
const messageGateway = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("webhook"),
    url: gatewayUrl,
    secret: gatewaySecret.regex(
      /^whsec_[A-Za-z0-9+/_-]+=*$/,
      "must be whsec_ and base64, as Standard Webhooks has it",
    ),
  }),
  z.strictObject({
    kind: z.literal("twilio"),
    base_url: gatewayUrl.default("https://api.twilio.com"),
    account_sid: z.string().regex(/^[A-Za-z0-9_-]{2,64}$/, "must be an account SID"),
    auth_token: gatewaySecret,
    from: z.string().trim().min(1).max(64),
  }),
]);

/** `POST /merchants` */
export const merchantSchema = z.strictObject({
  slug: z
    .string()
    .max(63)
    .regex(/^[a-z0-9]+(?:[-_][a-z0-9]+)*$/, "must be lower-case letters, digits, - and _"),
  name,
  currency: z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code"),
  time_zone: z.string().max(64),
  business_type: businessType.optional(),
  sandbox: z.boolean().default(false),
  demo: z.boolean().default(false),
  pending: z.boolean().default(false),
  site_limit: z.int().min(1).max(100_000).optional(),
  unmasked: z.boolean().default(false),
  message_gateway: messageGateway.optional(),
  /** Where the number of a till's purchase is unique. */
  bill_numbers: z.enum(["site", "merchant"]).default("site"),
});

/** `PATCH /merchants/{merchant}`: null takes the gateway away. */
export const merchantPatchSchema = z.strictObject({
  message_gateway: messageGateway.nullable(),
});
