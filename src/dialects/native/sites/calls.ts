import { json } from "../../../http/calls.ts";
import { createSite, pageSites } from "../../../services/merchants/sites.ts";
import { call, list, mapped } from "../declarations.ts";
import { siteAnswer } from "./answers.ts";
import { siteBody, toSiteInput } from "./mapping.ts";
import { siteSchema } from "./schemas.ts";

/** Places of sale. */
export const SITE_CALLS = [
  call({
    method: "POST",
    path: "/sites",
    summary: "Adds a site to the merchant",
    scope: "write:sites",
    input: siteSchema,
    answer: json(siteAnswer),
    status: 201,
    errors: ["already_exists", "limit_reached", "customer_busy"],
    act: async (ctx, wire) => mapped(await createSite(ctx, toSiteInput(wire), null), siteBody),
  }),
  list({
    path: "/sites",
    summary: "Lists the merchant's sites, newest first",
    scope: "read:programs",
    item: siteAnswer,
    errors: [],
    read: pageSites,
    show: siteBody,
  }),
];
