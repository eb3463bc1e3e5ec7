import type * as z from "zod";
import { ok } from "../../../core/result.ts";
import type { Context } from "../../../services/context.ts";
import { createGroup } from "../../../services/merchants/groups.ts";
import { createSite } from "../../../services/merchants/sites.ts";
import type { Answer } from "../answers.ts";
import type { groupAnswer, siteAnswer } from "./answers.ts";
import { groupBody, siteBody } from "./mapping.ts";
import type { groupSchema, siteSchema } from "./schemas.ts";

/** `POST group/create` */
export async function create(
  ctx: Context,
  wire: z.output<typeof groupSchema>,
): Answer<typeof groupAnswer> {
  const created = await createGroup(ctx, {
    slug: wire.company_slug,
    name: wire.company_name,
    businessType: wire.business_type,
    named: wire.customer_id ?? null,
  });
  return created.ok ? ok(groupBody(created.value)) : created;
}

/** `POST group/sites/add` */
export async function addSite(
  ctx: Context,
  wire: z.output<typeof siteSchema>,
): Answer<typeof siteAnswer> {
  const { address, city, state, postal_code, phone } = wire;
  const given = Object.entries({ address, city, state, postal_code, phone });
  const known = given.filter((entry): entry is [string, string] => entry[1] !== undefined);
  const site = {
    code: wire.site_code,
    name: wire.site_name,
    kind: wire.site_type,
    address: Object.fromEntries(known),
    number: null,
  };
  const added = await createSite(ctx, site, wire.customer_id ?? null);
  return added.ok ? ok(siteBody(added.value)) : added;
}
