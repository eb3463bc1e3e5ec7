import * as z from "zod";
import { parseDecimal } from "../../core/amount.ts";
import { isDate } from "../../core/dates.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { invalid } from "../../core/errors.ts";
import {
  MAX_EMAIL,
  MAX_IDENTIFIER,
  normaliseEmail,
  normalisePhone,
} from "../../core/identifiers.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { decodeUtf8, looksLikeJson, parseForm, parseJson } from "../../http/wire/body.ts";
import type { Fields } from "../../http/wire/fields.ts";
import { presentFields, text } from "../../http/wire/fields.ts";
import { parseCustomer, parseTransaction, WIRE_SCALE } from "./mapping.ts";

export type { Fields } from "../../http/wire/fields.ts";
export { text } from "../../http/wire/fields.ts";

/** Bytes of a request body; the largest documented one has some hundred. */
export const MAX_BODY_BYTES = 65_536;
/** Points that one call may move. */
export const MAX_POINTS = 1_000_000_000;

export const MAX_NAME = 255;
export const MAX_REFERENCE = 255;
export const MAX_TEXT = 500;
const MAX_TAGS = 50;
const MAX_PAGE = 1_000_000;
const MAX_PER_PAGE = 100;
const DEFAULT_PER_PAGE = 50;

/** Other names that clients use for a field; the canonical name wins if both are sent. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  description: ["notes"],
  reference_id: ["reference"],
  points: ["points_to_redeem"],
  birth_date: ["birthDate"],
  qr_code: ["qrCode"],
  batch_id: ["voucher_batch_id"],
};

/**
 * Reads a body's fields. What it is shows in its first byte, not in its content type: the type is
 * not signed, and the same signed bytes must never mean two things.
 */
export function readFields(bytes: Uint8Array): Result<Fields, LoyaltyError> {
  const text = decodeUtf8(bytes);
  if (text === null) return err({ code: "invalid_json" });
  if (!looksLikeJson(text)) return ok(canonical(parseForm(text)));
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  if (!Array.isArray(value)) return ok(canonical(value as Fields));
  // PHP encodes "no fields" as an empty list.
  return value.length === 0 ? ok({}) : invalid("", "invalid", "body must be an object");
}

/** Applies the aliases and drops what is null or empty. */
export function canonical(fields: Fields): Fields {
  const read = presentFields(fields);
  for (const [name, aliases] of Object.entries(ALIASES)) {
    const alias = aliases.find((candidate) => read[candidate] !== undefined);
    if (alias !== undefined) read[name] ??= read[alias];
  }
  return read;
}

/** Null stands for an identifier that no customer can have: not found, rather than malformed. */
export const customerId = z
  .string({ error: (issue) => (issue.input === undefined ? "is required" : "must be a text") })
  .transform(parseCustomer);

const points = text(32)
  .regex(/^0*[1-9]\d{0,14}$/, "must be a positive integer")
  .transform(Number)
  .pipe(z.number().max(MAX_POINTS, `must be at most ${MAX_POINTS}`));

export const money = text(32).transform((value, issues) => {
  const amount = /^\d{1,12}(\.\d+)?$/.test(value) ? parseDecimal(value, WIRE_SCALE) : null;
  if (amount !== null) return amount;
  issues.addIssue({ code: "custom", message: "must be a decimal, 0 or more, with 2 decimals" });
  return z.NEVER;
});

/** A client that forgot to encode the `+` delivers a blank in its place. */
const phone = text(MAX_NAME).transform((value, issues) => {
  const normal = normalisePhone(value.replace(/^ (?=\d)/, "+"));
  if (normal !== null) return normal;
  issues.addIssue({ code: "custom", message: "must be + and 7 to 15 digits" });
  return z.NEVER;
});

const email = text(MAX_EMAIL).transform((value, issues) => {
  const normal = normaliseEmail(value);
  if (normal !== null) return normal;
  issues.addIssue({ code: "custom", message: "must be an e-mail address" });
  return z.NEVER;
});

const remarks = {
  description: text(MAX_TEXT).optional(),
  reference_id: text(MAX_REFERENCE).optional(),
  reference_type: text(MAX_REFERENCE).optional(),
};

/** `POST customers/register` */
export const registerSchema = z
  .object({
    phone: phone.optional(),
    qr_code: text(MAX_IDENTIFIER).optional(),
    name: text(MAX_NAME).optional(),
    email: email.optional(),
    birth_date: text(10).refine(isDate, "must be a date, YYYY-MM-DD").optional(),
    tags: z.array(text(MAX_NAME), "must be a list").max(MAX_TAGS).optional(),
    customer_id: customerId.optional().catch(undefined),
  })
  .refine(({ phone: number, qr_code: code }) => number !== undefined || code !== undefined, {
    path: ["phone"],
    message: "is required unless qr_code is given",
  });

/** `GET|POST customers/lookup` */
export const lookupSchema = z
  .object({
    phone: phone.optional(),
    identifier: text(MAX_IDENTIFIER).optional(),
    qr_code: text(MAX_IDENTIFIER).optional(),
    customer_id: customerId.optional(),
  })
  .refine((fields) => Object.values(fields).some((value) => value !== undefined), {
    path: ["phone"],
    message: "is required unless identifier is given",
  });

/** `GET customers/lookup-by-email` */
export const lookupByEmailSchema = z.object({ email });

/** `POST points/earn` */
export const earnSchema = z
  .object({
    customer_id: customerId,
    points: points.optional(),
    amount: money.optional(),
    ...remarks,
  })
  .refine((fields) => fields.points !== undefined || fields.amount !== undefined, {
    path: ["points"],
    message: "is required unless amount is given",
  });

/** `POST points/redeem` */
export const redeemSchema = z.object({ customer_id: customerId, points, ...remarks });

/** `GET|POST wallet/balance` */
export const balanceSchema = z.object({ customer_id: customerId });

/** `POST points/preview-redeem` */
export const previewSchema = z.object({ customer_id: customerId, points });

/** `POST points/reverse` */
export const reverseSchema = z.object({
  transaction_id: text(64).transform(parseTransaction),
  customer_id: customerId.optional(),
  reason: text(MAX_TEXT).optional(),
  ...remarks,
});

const signedPoints = text(32)
  .regex(/^-?0*[1-9]\d{0,14}$/, "must be an integer other than 0")
  .transform(Number)
  .pipe(
    z
      .number()
      .min(-MAX_POINTS, `must be at least -${MAX_POINTS}`)
      .max(MAX_POINTS, `must be at most ${MAX_POINTS}`),
  );

/** `POST customers/{id}/adjust` */
export const adjustSchema = z.object({
  id: customerId,
  customer_id: customerId.optional(),
  points: signedPoints,
  adjusted_by: text(MAX_NAME).optional(),
  ...remarks,
  reference_id: text(MAX_REFERENCE),
});

/** `GET customers/{id}` and `GET customers/{id}/tier` */
export const pathCustomerSchema = z.object({ id: customerId });

const count = (max: number) =>
  text(16)
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(1, "must be 1 or more").max(max, `must be at most ${max}`));

const offset = text(16)
  .regex(/^\d{1,9}$/, "must be a whole number")
  .transform(Number);

const paging = {
  page: count(MAX_PAGE).default(1),
  per_page: count(MAX_PER_PAGE).default(DEFAULT_PER_PAGE),
};

/** `GET customers` */
export const customersSchema = z.object({
  ...paging,
  tier: text(MAX_NAME).optional(),
  search: text(MAX_NAME).optional(),
});

/** `GET customers/{id}/transactions`; the PHP client pages by `limit` and `offset`. */
export const transactionsSchema = z.object({
  id: customerId,
  ...paging,
  limit: count(MAX_PER_PAGE).optional(),
  offset: offset.optional(),
  type: text(32).optional(),
});

/** `GET customers/lookup-enriched` */
export const enrichedSchema = z
  .object({
    phone: phone.optional(),
    identifier: text(MAX_IDENTIFIER).optional(),
    include: text(MAX_NAME).optional(),
  })
  .refine((fields) => fields.phone !== undefined || fields.identifier !== undefined, {
    path: ["phone"],
    message: "is required unless identifier is given",
  });

/** `GET vouchers/batches` */
export const batchesSchema = z.object(paging);
