import * as z from "zod";
import { UNITS } from "../../core/amount.ts";
import { GIVEN_STATUSES } from "../../core/customers.ts";
import { isDate } from "../../core/dates.ts";
import {
  IDENTIFIER_KINDS,
  isReferenceCode,
  MAX_EMAIL,
  MAX_IDENTIFIER,
  normaliseEmail,
  normalisePhone,
} from "../../core/identifiers.ts";
import { MODES } from "../../core/mode.ts";
import { KEY_SCOPES } from "../../services/context.ts";

/** Bytes of a JSON body. */
export const MAX_BODY_BYTES = 262_144;
/** Bytes of one import request; larger imports are sent in parts. */
export const MAX_IMPORT_BYTES = 10_485_760;
/** Lines of one import request: each costs a few storage calls, of which a request has many. */
export const MAX_IMPORT_LINES = 1_000;

/** Characters of a name. */
export const MAX_NAME = 255;
export const MAX_TEXT = 500;
/** Largest number that an object can be known by. */
export const MAX_NUMBER = 999_999_999_999;
const MAX_LOTS = 400;

export const name = z.string().trim().min(1).max(MAX_NAME);
export const decimal = z
  .string()
  .max(32)
  .regex(/^\d+(\.\d+)?$/, "must be a decimal text, e.g. 12.50");
export const date = z.string().refine(isDate, "must be a calendar date, YYYY-MM-DD");
const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const scopes = z.array(z.enum(KEY_SCOPES)).max(KEY_SCOPES.length);
const businessType = z.enum(["RESTAURANT", "RETAIL"]);

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
});

/** `POST /sites` */
export const siteSchema = z.strictObject({
  code: z.string().trim().min(1).max(64),
  name,
  kind: businessType.optional(),
  address: z.record(z.string().max(40), z.string().max(MAX_TEXT)).default({}),
  number: z.int().min(1).max(MAX_NUMBER).optional(),
});

/** `POST /keys` */
export const keySchema = z.strictObject({
  name,
  dialect: z.enum(["native", "kirimel", "microgenn", "augmigo", "imonggo"]),
  mode: z.enum(MODES).default("live"),
  scopes,
  text: z
    .string()
    .regex(/^[\x21-\x7e]{8,255}$/, "must be 8 to 255 visible characters")
    .optional(),
  secret: z
    .string()
    .regex(/^[\x21-\x7e]{8,255}$/, "must be 8 to 255 visible characters")
    .optional(),
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

const identifierSchema = z
  .strictObject({
    kind: z.enum(IDENTIFIER_KINDS),
    value: z.string().trim().min(1).max(MAX_IDENTIFIER),
  })
  .transform((identifier, issues) => {
    const value = normalise(identifier.kind, identifier.value);
    if (value !== null) return { ...identifier, value };
    issues.addIssue({ code: "custom", path: ["value"], message: `is no valid ${identifier.kind}` });
    return z.NEVER;
  });

function normalise(kind: string, value: string): string | null {
  if (kind === "phone") return normalisePhone(value);
  if (kind === "reference_code") return isReferenceCode(value) ? value : null;
  return kind === "email" ? normaliseEmail(value) : value;
}

/** One line of `POST /customers/import`. */
export const importSchema = z.strictObject({
  number: z.int().min(1).max(MAX_NUMBER).optional(),
  identifiers: z.array(identifierSchema).max(20).default([]),
  name: z.string().trim().max(MAX_NAME).optional(),
  email: z.string().max(MAX_EMAIL).transform(normaliseEmail).pipe(z.string()).optional(),
  birth_date: date.optional(),
  status: z.enum(GIVEN_STATUSES).default("active"),
  site: z.string().max(64).optional(),
  joined_at: moment.optional(),
  /** When the record came to be and was last changed, where it was kept before. */
  created_at: moment.optional(),
  updated_at: moment.optional(),
  /** Number of a customer type. */
  type: z.int().min(1).max(MAX_NUMBER).optional(),
  metadata: z.record(z.string().max(40), z.string().max(MAX_TEXT)).default({}),
  balances: z
    .array(
      z.strictObject({
        unit: z.enum(UNITS),
        lifetime: decimal.optional(),
        lots: z
          .array(z.strictObject({ amount: decimal, expires_on: date.optional() }))
          .max(MAX_LOTS),
      }),
    )
    .max(3)
    .default([]),
});

/** `?limit=` and `?cursor=` of every list. */
export const listSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(64).optional(),
});
