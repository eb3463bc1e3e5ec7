import * as z from "zod";
import { success } from "../answers.ts";

/** Body of `POST group/create`. */
export const groupAnswer = z.object({
  success,
  group_id: z.int(),
  group_code: z.string(),
  tenant_db: z.string(),
});

/** Body of `POST group/sites/add`. */
export const siteAnswer = z.object({ success, site_id: z.int(), site_code: z.string() });
