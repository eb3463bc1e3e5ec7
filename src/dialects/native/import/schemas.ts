import * as z from "zod";
import { BUILT_IN_UNITS } from "../../../core/amount.ts";
import { GIVEN_STATUSES } from "../../../core/customers.ts";
import {
  IDENTIFIER_KINDS,
  isReferenceCode,
  MAX_EMAIL,
  MAX_IDENTIFIER,
  normaliseEmail,
  normalisePhone,
} from "../../../core/identifiers.ts";
import { MAX_UNITS } from "../../../core/program/definition.ts";
import { date, decimal, MAX_NAME, MAX_NUMBER, MAX_TEXT, moment } from "../schemas.ts";

const MAX_LOTS = 400;
/** `own:` and the longest code. */
const MAX_UNIT = 36;

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
        unit: z.string().max(MAX_UNIT),
        lifetime: decimal.optional(),
        lots: z
          .array(z.strictObject({ amount: decimal, expires_on: date.optional() }))
          .max(MAX_LOTS),
      }),
    )
    .max(BUILT_IN_UNITS.length + MAX_UNITS)
    .default([]),
});
