import type * as z from "zod";
import type { SiteInput, SiteRow } from "../../../services/merchants/sites.ts";
import { stampTexts } from "../mapping.ts";
import type { siteAnswer } from "./answers.ts";
import type { siteSchema } from "./schemas.ts";

export function toSiteInput(wire: z.output<typeof siteSchema>): SiteInput {
  const { kind = null, number = null, ...site } = wire;
  return { ...site, kind, number };
}

export function siteBody(row: SiteRow): z.input<typeof siteAnswer> {
  const { id, number, code, name, kind, address } = row;
  return { id, object: "site", number, code, name, kind, address, ...stampTexts(row) };
}
