import * as z from "zod";
import { GIVEN_STATUSES } from "../../../core/customers.ts";
import { MAX_EMAIL, normaliseEmail, normalisePhone } from "../../../core/identifiers.ts";
import { date, name } from "../schemas.ts";

const MAX_PHONE = 64;

/** A text in its one form; what has none is a fault. */
const normal = (max: number, normalise: (text: string) => string | null, message: string) =>
  z
    .string()
    .max(max)
    .transform((text, issues) => {
      const value = normalise(text);
      if (value !== null) return value;
      issues.addIssue({ code: "custom", message });
      return z.NEVER;
    });

/** `PATCH /customers/{id}`: what is absent stays, null clears. */
export const customerPatchSchema = z.strictObject({
  name: name.nullable().optional(),
  email: normal(MAX_EMAIL, normaliseEmail, "must be an e-mail address").nullable().optional(),
  phone: normal(MAX_PHONE, normalisePhone, "must be + and 7 to 15 digits").nullable().optional(),
  birth_date: date.nullable().optional(),
  status: z.enum(GIVEN_STATUSES).optional(),
});
