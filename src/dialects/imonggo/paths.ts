import type { Received } from "../../http/calls.ts";
import { EXTENSION } from "./formats.ts";

/** Where the place of the API is asked for. */
export const PLACE = "/system/api_url";

/**
 * The paths of a resource (`/customers`, `/customers/:id`): below `/api`, without an extension and
 * with each. An `:id` has its extension in it.
 */
export function paths(path: string): readonly string[] {
  const extensions = path.endsWith(":id") ? [""] : ["", ".xml", ".json"];
  return extensions.map((extension) => `/api${path}${extension}`);
}

const NUMBER = /^\d{1,12}$/;

/** The number that an `:id` is; null when it is none. */
export function parseId(id: string): number | null {
  const digits = id.replace(EXTENSION, "");
  return NUMBER.test(digits) ? Number(digits) : null;
}

/** The number in the path of a request; 0, which nothing has, where the path has none. */
export function numberIn({ path: { id = "" } }: Pick<Received, "path">): number {
  return parseId(id) ?? 0;
}

/** What the API has, served here or not: merchants cannot be called so, and thus no tenant is. */
const RESOURCES: readonly string[] = [
  "application_settings",
  "branch",
  "branches",
  "customer_types",
  "customers",
  "documents",
  "inventories",
  "invoices",
  "orders",
  "pos_devices",
  "price_lists",
  "products",
  "rewards",
  "sales_promotions",
  "tax_settings",
  "tokens",
  "users",
];

/** Whether a path is Imonggo's: it begins with a resource, or is a name with an extension. */
export function isOwn(path: string): boolean {
  if (path === PLACE) return true;
  const [, , first = "", ...below] = path.split("/");
  const name = first.replace(EXTENSION, "");
  return RESOURCES.includes(name) || (name !== first && below.length === 0);
}
