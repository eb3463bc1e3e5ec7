import * as z from "zod";
import { isDate } from "../../../core/dates.ts";
import { listFields } from "../schemas.ts";

/** Customers of a page: at most, and if nothing is said. */
const MAX_PAGE = 250;
const USUAL_PAGE = 100;
/** Characters of a name. */
export const MAX_NAME = 100;
const MAX_TEXT = 50;
/** No width is documented of what is only remarked. */
const MAX_REMARK = 500;
const MAX_CODE = 30;

/** A text without blanks around it, cut to its width in characters. */
export function cut(text: string, width: number): string {
  return [...text.trim()].slice(0, width).join("").trimEnd();
}

/** A text that is cut rather than refused; null is an empty one. */
const text = (width: number) =>
  z.preprocess(
    (value) => (value === null ? "" : typeof value === "boolean" ? String(value) : value),
    z
      .string("is invalid")
      .transform((value) => cut(value, width))
      .optional(),
  );

const DAY = /^(\d{4})[-/](\d\d)[-/](\d\d)(?:[T ].*)?$/s;

/** A day, also in front of a time as tills are shown one; null for all else. */
function parseDay(value: unknown): string | null {
  const [, year, month, day] = DAY.exec(typeof value === "string" ? value.trim() : "") ?? [];
  const date = `${year}-${month}-${day}`;
  return isDate(date) ? date : null;
}

/** A field that is not refused whatever it is; `read` is asked only where there is one. */
const lenient = <T>(read: (value: unknown) => T) =>
  z
    .unknown()
    .optional()
    .transform((value) => (value === undefined ? undefined : read(value)));

/** A record of a customer, as far as tills may write it. What is left out stays as it is. */
export const customerSchema = z.object({
  alternate_code: text(MAX_CODE),
  birthdate: lenient(parseDay),
  city: text(MAX_TEXT),
  company_name: text(MAX_TEXT),
  country: text(MAX_TEXT).transform((value) =>
    value === undefined || /^[A-Za-z]{2}$/.test(value) ? value?.toUpperCase() : "",
  ),
  customer_type_id: lenient((value) =>
    typeof value === "string" && /^\d{1,12}$/.test(value.trim()) ? Number(value) : undefined,
  ),
  email: text(MAX_TEXT).transform((value) => value?.toLowerCase()),
  fax: text(MAX_TEXT),
  first_name: text(MAX_TEXT),
  last_name: text(MAX_TEXT),
  mobile: text(MAX_TEXT),
  name: text(MAX_NAME),
  remark: text(MAX_REMARK),
  state: text(MAX_TEXT),
  street: text(MAX_TEXT),
  tax_exempt: lenient((value) => value === true || value === "true" || value === "1"),
  telephone: text(MAX_TEXT),
  tin: text(MAX_CODE),
  zipcode: text(MAX_TEXT),
});

/** A customer to create: somebody must have a name. */
export const newCustomerSchema = customerSchema.refine(
  ({ name, first_name, last_name, company_name }) =>
    Boolean(name || first_name || last_name || company_name),
  { path: ["name"], message: "can't be blank" },
);

/** The query of a list; a text is what the customers have exactly. */
export const customerListSchema = z.object({
  ...listFields(MAX_PAGE, USUAL_PAGE),
  q: z.string().optional(),
  code: z.string().optional(),
  alternate_code: z.string().optional(),
  email: z
    .string()
    .transform((value) => value.toLowerCase())
    .optional(),
  mobile: z.string().optional(),
  telephone: z.string().optional(),
  name: z.string().optional(),
});
