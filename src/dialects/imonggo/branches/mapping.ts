import type { Field, Resource } from "../../../http/documents.ts";
import type { SiteRow } from "../../../services/merchants/sites.ts";

/** A part of the address, by the first name under which the site has it. */
const address = (name: string, ...others: readonly string[]): Field<SiteRow> => ({
  name,
  kind: "text",
  of: (site) => [name, ...others].map((key) => site.address[key]).find(Boolean) ?? "",
});

/** The vendor's word for an account without limits; others are 0 and 1. */
const PREMIUM = 2;

/** A branch as Imonggo shows it. */
export const BRANCH: Resource<SiteRow> = {
  element: "branch",
  list: "branches",
  fields: [
    address("city"),
    address("country"),
    { name: "id", kind: "integer", of: ({ number }) => number },
    { name: "name", kind: "text", of: (site) => site.name },
    { name: "site_type", kind: "text", of: () => null },
    address("state"),
    address("street", "address"),
    { name: "subscription_type", kind: "integer", of: () => PREMIUM },
    address("tin"),
    address("zipcode", "postal_code"),
    { name: "utc_created_at", kind: "moment", of: ({ createdAt }) => createdAt },
    { name: "utc_updated_at", kind: "moment", of: ({ updatedAt }) => updatedAt },
  ],
};
