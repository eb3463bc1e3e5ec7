import type * as z from "zod";
import type { Group } from "../../../services/merchants/groups.ts";
import type { SiteRow } from "../../../services/merchants/sites.ts";
import type { groupAnswer, siteAnswer } from "./answers.ts";

/** Body of `group/create`. `tenant_db` has the documented form and names no database. */
export function groupBody(group: Group): z.input<typeof groupAnswer> {
  return {
    success: true,
    group_id: group.number,
    group_code: group.code,
    tenant_db: `kiriloyalty_${group.code}`,
  };
}

/** Body of `group/sites/add`. */
export function siteBody(site: SiteRow): z.input<typeof siteAnswer> {
  return { success: true, site_id: site.number, site_code: site.code };
}
