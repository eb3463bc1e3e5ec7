import { formatDecimal } from "../../../core/amount.ts";
import type { Resource } from "../../../http/documents.ts";
import type { CustomerTypeRow } from "../../../services/customers/customer-type.ts";

/** Hundredths of a percent as a fraction of one. */
const FRACTION_SCALE = 4;

/** A customer type as Imonggo shows it. */
export const CUSTOMER_TYPE: Resource<CustomerTypeRow> = {
  element: "customer_type",
  list: "customer-types",
  fields: [
    {
      name: "discount_percent",
      kind: "decimal",
      of: ({ discount }) => formatDecimal(discount, FRACTION_SCALE),
    },
    { name: "id", kind: "integer", of: ({ number }) => number },
    { name: "name", kind: "text", of: ({ name }) => name },
    { name: "status", kind: "text", of: ({ active }) => (active ? "" : "D") },
    { name: "utc_created_at", kind: "moment", of: ({ createdAt }) => createdAt },
    { name: "utc_updated_at", kind: "moment", of: ({ updatedAt }) => updatedAt },
  ],
};
