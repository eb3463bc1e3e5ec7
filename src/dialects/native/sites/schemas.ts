import * as z from "zod";
import { businessType, MAX_NUMBER, MAX_TEXT, name } from "../schemas.ts";

/** `POST /sites` */
export const siteSchema = z.strictObject({
  code: z.string().trim().min(1).max(64),
  name,
  kind: businessType.optional(),
  address: z.record(z.string().max(40), z.string().max(MAX_TEXT)).default({}),
  number: z.int().min(1).max(MAX_NUMBER).optional(),
});
