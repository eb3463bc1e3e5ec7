import * as z from "zod";
import { MAX_YEARS } from "../../../services/memberships/memberships.ts";
import { name } from "../schemas.ts";
import { conditions, description, key } from "../vouchers/schemas.ts";

const years = z.int().min(1).max(MAX_YEARS);

/** `POST /membership_programs` */
export const membershipProgramSchema = z.strictObject({
  key,
  label: name,
  description: description.optional(),
  conditions: conditions.optional(),
  years: years.default(1),
});

/** `POST /customers/{id}/memberships`; `program` is the programme's key. */
export const membershipSchema = z.strictObject({ program: key, years: years.optional() });
