import type * as z from "zod";
import { formatDecimal, formatShortDecimal, RATE_SCALE } from "../../../core/amount.ts";
import { invalid } from "../../../core/errors.ts";
import { ok } from "../../../core/result.ts";
import type { Field, Resource } from "../../../http/documents.ts";
import { pointsText } from "../../../http/wire/amounts.ts";
import { momentOf } from "../../../services/calendar.ts";
import type { Context } from "../../../services/context.ts";
import type { Decide } from "../../../services/customers/changes.ts";
import type { Customer, IdentifierKind } from "../../../services/customers/customers.ts";
import type { CustomerWindow, CustomerWithPoints } from "../../../services/customers/listing.ts";
import { hidesPersonalData, maskWords } from "../../../services/customers/masking.ts";
import type { RegisterInput } from "../../../services/customers/registration.ts";
import { windowOf } from "../schemas.ts";
import type { customerListSchema, customerSchema } from "./schemas.ts";
import { cut, MAX_NAME } from "./schemas.ts";

type WireCustomer = z.output<typeof customerSchema>;

/** Texts that only this dialect knows of a customer: attributes of the same names. */
const TEXTS = [
  "city",
  "company_name",
  "country",
  "fax",
  "first_name",
  "last_name",
  "mobile",
  "remark",
  "state",
  "street",
  "telephone",
  "tin",
  "zipcode",
] as const;

type Attribute = (typeof TEXTS)[number];

/** What of it tells who the customer is: nothing that a sandbox token should see. */
const PERSONAL: readonly Attribute[] = TEXTS.filter((name) => name !== "country");

/** A new customer for the service; `type` is the id of the customer type that was named. */
export function toRegisterInput(wire: WireCustomer, type: string | undefined): RegisterInput {
  const { alternate_code: code = "", email = "", birthdate = null } = wire;
  const attributes = Object.entries(toAttributes(wire, type)).filter(([, value]) => value !== null);
  return {
    identifiers: code === "" ? [] : [{ kind: "alternate_code", value: code }],
    name: wire.name || joinNames(wire),
    email: email === "" ? null : email,
    birthDate: birthdate,
    attributes: Object.fromEntries(attributes),
    password: null,
  };
}

/** A change for the service: a name that was joined follows its parts. */
export function toChanges(wire: WireCustomer, type: string | undefined): Decide {
  return (customer) => {
    const name = nameAfter(wire, customer.name ?? "", (part) => textOf(customer.attributes[part]));
    if (name === "") return invalid("/name", "required", "can't be blank");
    const { alternate_code: code, email, birthdate: birthDate } = wire;
    return ok({
      name,
      email: email === "" ? null : email,
      birthDate,
      attributes: toAttributes(wire, type),
      identifiers: { alternate_code: code === "" ? null : code },
    });
  };
}

function nameAfter(wire: WireCustomer, before: string, of: (part: Attribute) => string): string {
  if (wire.name) return wire.name;
  const parts = {
    first_name: of("first_name"),
    last_name: of("last_name"),
    company_name: of("company_name"),
  };
  const { first_name = parts.first_name, last_name = parts.last_name } = wire;
  const { company_name = parts.company_name } = wire;
  const joined = joinNames({ first_name, last_name, company_name });
  const wasJoined = before === joinNames(parts);
  const renames = wire.first_name !== undefined || wire.last_name !== undefined;
  if (wire.name === "" || wasJoined) return joined;
  return renames && joined !== "" ? joined : before;
}

/** First and last name, or else the company's: somebody must be called something. */
function joinNames(parts: Pick<WireCustomer, "first_name" | "last_name" | "company_name">): string {
  const { first_name: first = "", last_name: last = "", company_name: company = "" } = parts;
  return cut(`${first} ${last}`, MAX_NAME) || company;
}

/** The attributes that a request tells; null for those that it clears. */
function toAttributes(wire: WireCustomer, type: string | undefined): Record<string, unknown> {
  const told: Record<string, unknown> = {};
  for (const name of TEXTS) if (wire[name] !== undefined) told[name] = wire[name] || null;
  if (wire.tax_exempt !== undefined) told.tax_exempt = wire.tax_exempt || null;
  if (type !== undefined) told.type = type;
  return told;
}

/** Which customers a query means. */
export function toWindow(
  wire: z.output<typeof customerListSchema>,
  timeZone: string,
): CustomerWindow {
  const { code = null, alternate_code: alternateCode = null, email = null } = wire;
  const { mobile = null, telephone = null, name = null, active_only: activeOnly } = wire;
  const exact = { code, alternateCode, email, mobile, telephone, name };
  return { ...windowOf(wire, timeZone), activeOnly, ...exact };
}

/** A customer with the time zone that days are shown in. */
export interface ShownCustomer extends CustomerWithPoints {
  readonly timeZone: string;
}

/** A customer as the request brought it, all in clear. */
export function own(ctx: Context, customer: CustomerWithPoints): ShownCustomer {
  return { ...customer, timeZone: ctx.principal.merchant.timeZone };
}

/** A customer whom the request did not bring: a sandbox token sees no personal data. */
export function shown(ctx: Context, customer: CustomerWithPoints): ShownCustomer {
  return own(ctx, hidesPersonalData(ctx.principal) ? masked(customer) : customer);
}

function masked(customer: CustomerWithPoints): CustomerWithPoints {
  const mask = (text: string | null): string | null => (text === null ? null : maskWords(text));
  const attributes = { ...customer.attributes };
  for (const name of PERSONAL) attributes[name] = mask(attributeOf(customer, name));
  const name = mask(customer.name);
  const email = mask(customer.email);
  return { ...customer, name, email, birthDate: null, attributes };
}

function attributeOf(customer: Customer, name: Attribute): string | null {
  const value = customer.attributes[name];
  if (typeof value === "string") return value;
  // Who came by another dialect has a phone instead.
  return name === "mobile" ? leastOf(customer, "phone") : null;
}

/** Of several the one that the filters of lists compare. */
function leastOf({ identifiers }: Customer, kind: IdentifierKind): string | null {
  const own = identifiers.filter((identifier) => identifier.kind === kind);
  return own.map(({ value }) => value).sort()[0] ?? null;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

const kept = (name: Attribute): Field<ShownCustomer> => ({
  name,
  kind: "text",
  of: (record) => attributeOf(record, name) ?? "",
});

const birthDate = (name: string): Field<ShownCustomer> => ({
  name,
  kind: "date",
  of: ({ birthDate: day }) => day,
});

const MINUTE = 60_000;

/** `YYYY/MM/DD 00:00:00 +0800`: a day's beginning where the account is. */
function midnightText(day: string, timeZone: string): string {
  const midnight = `${day}T00:00:00`;
  const utc = Date.parse(`${midnight}Z`);
  const minutes = Math.round((utc - (momentOf(midnight, timeZone) ?? utc)) / MINUTE);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const offset = `${two(Math.abs(minutes) / 60)}${two(Math.abs(minutes) % 60)}`;
  return `${day.replaceAll("-", "/")} 00:00:00 ${minutes < 0 ? "-" : "+"}${offset}`;
}

/** Digits behind the point of a percentage. */
const PERCENT_SCALE = 2;

/** `0.0%`, `5.0%`, `12.25%` */
function percentText(hundredths: number): string {
  const text = formatShortDecimal(hundredths, PERCENT_SCALE);
  return text.includes(".") ? `${text}%` : `${text}.0%`;
}

/** What a point of those is worth who are of no type that spends. */
const NO_RATE = 10 ** RATE_SCALE;

const isGone = (status: string): boolean => status === "inactive" || status === "erased";

/** A customer as Imonggo shows it. */
export const CUSTOMER: Resource<ShownCustomer> = {
  element: "customer",
  list: "customers",
  fields: [
    {
      name: "alternate_code",
      kind: "text",
      of: (customer) => leastOf(customer, "alternate_code") ?? "",
    },
    {
      name: "available_points",
      kind: "decimal",
      of: ({ points }) => pointsText(points),
    },
    { ...birthDate("birthday"), only: "xml" },
    {
      name: "birthday",
      kind: "text",
      only: "json",
      of: ({ birthDate: day, timeZone }) => day && midnightText(day, timeZone),
    },
    kept("city"),
    {
      name: "code",
      kind: "text",
      of: (customer) =>
        textOf(customer.attributes.code) || (leastOf(customer, "reference_code") ?? ""),
    },
    kept("company_name"),
    kept("country"),
    { name: "customer_type_id", kind: "integer", of: ({ type }) => type?.number ?? null },
    { name: "email", kind: "text", of: (customer) => customer.email ?? "" },
    kept("fax"),
    kept("first_name"),
    { name: "id", kind: "integer", of: (customer) => customer.number },
    kept("last_name"),
    kept("mobile"),
    { name: "name", kind: "text", of: (customer) => customer.name ?? "" },
    kept("remark"),
    kept("state"),
    {
      name: "status",
      kind: "text",
      of: (customer) => (isGone(customer.status) ? "D" : null),
    },
    kept("street"),
    {
      name: "tax_exempt",
      kind: "boolean",
      of: (customer) => String(customer.attributes.tax_exempt) === "true",
    },
    kept("telephone"),
    kept("tin"),
    kept("zipcode"),
    { name: "customer_type_name", kind: "text", of: ({ type }) => type?.name ?? null },
    { name: "discount_text", kind: "text", of: ({ type }) => percentText(type?.discount ?? 0) },
    {
      name: "point_to_amount_ratio",
      kind: "decimal",
      of: ({ type }) => formatDecimal(type?.pointsPerUnit ?? NO_RATE, RATE_SCALE),
    },
    birthDate("birthdate"),
    { name: "utc_created_at", kind: "moment", of: (customer) => customer.createdAt },
    { name: "utc_updated_at", kind: "moment", of: (customer) => customer.updatedAt },
  ],
};

/** When the last of them was changed. */
export const LAST_UPDATE: Resource<{ readonly updatedAt: number | null }> = {
  element: "hash",
  list: "hashes",
  fields: [{ name: "last_updated_at", kind: "moment", of: ({ updatedAt }) => updatedAt }],
};
