import * as z from "zod";
import {
  MAX_EMAIL,
  MAX_IDENTIFIER,
  normaliseEmail,
  normalisePhone,
} from "../../../core/identifiers.ts";
import { text } from "../../../http/wire/fields.ts";
import {
  customerId,
  date,
  integer,
  MAX_NAME,
  MAX_POINTS,
  MAX_REFERENCE,
  named,
  paging,
  perPage,
  remarks,
} from "../schemas.ts";

const MAX_TAGS = 50;

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

/** `POST customers/register` */
export const registerSchema = z
  .object({
    phone: phone.optional(),
    qr_code: text(MAX_IDENTIFIER).optional(),
    name: text(MAX_NAME).optional(),
    email: email.optional(),
    birth_date: date.optional(),
    tags: z.array(text(MAX_NAME), "must be a list").max(MAX_TAGS).optional(),
    ...named,
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

const signedPoints = integer((value) => value !== 0, "must be an integer other than 0").pipe(
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

const offset = text(16)
  .regex(/^\d{1,9}$/, "must be a whole number")
  .transform(Number);

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
  limit: perPage.optional(),
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
