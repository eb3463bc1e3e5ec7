import * as z from "zod";
import { ok } from "../../../core/result.ts";
import { MAX_YEARS } from "../../../services/memberships/memberships.ts";
import type { Reader } from "../readers.ts";
import { readFields, readQuery } from "../readers.ts";
import { shortText } from "../schemas.ts";

const MAX_KEY = 64;

/** What is said of years that cannot be. */
export const INVALID_YEARS = "Number of year is not valid";

const fields = z.object({
  membership_key: shortText("Membership key", MAX_KEY).optional(),
  merchant_membership_key: shortText("Membership key", MAX_KEY).optional(),
});

const keyOf = (wire: z.output<typeof fields>): string | undefined =>
  wire.membership_key ?? wire.merchant_membership_key;

/** `POST …/assign-membership` and `…/renew-membership`; no years: those of the programme. */
export const assignSchema = fields
  .extend({
    number_of_year: z
      .string(INVALID_YEARS)
      .regex(/^0*[1-9]\d{0,2}$/, INVALID_YEARS)
      .transform(Number)
      .pipe(z.number().max(MAX_YEARS, INVALID_YEARS))
      .optional(),
  })
  .transform((wire, issues) => {
    const key = keyOf(wire);
    if (key !== undefined) return { key, years: wire.number_of_year ?? null };
    issues.addIssue({ code: "custom", message: "Missing membership program key" });
    return z.NEVER;
  });

/** `DELETE …/remove-membership`; without a key all are meant. */
export const removeSchema = fields.transform((wire) => ({ key: keyOf(wire) ?? null }));

/** The fields of the query, and of the body if there is one. */
export const readAnywhere: Reader = (http, body) => {
  const named = readQuery(http, body);
  const sent = readFields(http, body);
  return named.ok && sent.ok ? ok({ ...named.value, ...sent.value }) : sent;
};
