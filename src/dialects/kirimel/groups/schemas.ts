import * as z from "zod";
import { text } from "../../../http/wire/fields.ts";
import { filledName, MAX_NAME, MAX_TEXT, named } from "../schemas.ts";

const businessType = z.enum(["RESTAURANT", "RETAIL"], "must be RESTAURANT or RETAIL");

/** `POST group/create` */
export const groupSchema = z.object({
  company_slug: text(63).regex(/^[a-z0-9]{3,}$/, "must be 3 or more lower-case letters and digits"),
  company_name: filledName,
  business_type: businessType,
  ...named,
});

/** `POST group/sites/add` */
export const siteSchema = z.object({
  site_code: text(63).regex(/^[A-Z0-9]{3,}$/, "must be 3 or more upper-case letters and digits"),
  site_name: filledName,
  site_type: businessType,
  address: text(MAX_TEXT).optional(),
  city: text(MAX_NAME).optional(),
  state: text(MAX_NAME).optional(),
  postal_code: text(32).optional(),
  phone: text(32).optional(),
  ...named,
});
