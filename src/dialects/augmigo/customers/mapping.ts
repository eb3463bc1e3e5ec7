import type * as z from "zod";
import type { Context } from "../../../services/context.ts";
import type { CustomerChanges } from "../../../services/customers/changes.ts";
import type {
  AddedCustomer,
  Identifier,
  IdentifierKind,
} from "../../../services/customers/customers.ts";
import { identifierOf } from "../../../services/customers/customers.ts";
import { hidesPersonalData, maskWords } from "../../../services/customers/masking.ts";
import type { CustomerSearch } from "../../../services/customers/reference-codes.ts";
import type { RegisterInput } from "../../../services/customers/registration.ts";
import { dateText, dateTimeText } from "../mapping.ts";
import type { briefAnswer, customerAnswer } from "./answers.ts";
import type { registerSchema, searchSchema, updateSchema } from "./schemas.ts";

/** A registration for the service. Of several codes that are taken the e-mail is told first. */
export function toRegisterInput(wire: z.output<typeof registerSchema>): RegisterInput {
  const { name, email, password, birth_date: birthDate, gender } = wire;
  const byEmail: Identifier[] = email === undefined ? [] : [{ kind: "email", value: email }];
  return {
    identifiers: [...byEmail, ...identifiersOf(wire)],
    name,
    email: email ?? null,
    birthDate: birthDate ?? null,
    attributes: gender === undefined ? {} : { gender },
    password,
  };
}

/** A registration of somebody of whom only a reference code is known. */
export function toNameless(code: string): RegisterInput {
  return {
    identifiers: [{ kind: "reference_code", value: code }],
    name: null,
    email: null,
    birthDate: null,
    attributes: {},
    password: null,
  };
}

/** An update for the service. */
export function toChanges(wire: z.output<typeof updateSchema>): CustomerChanges {
  const { name, email, password, birth_date: birthDate, gender } = wire;
  return {
    name,
    email,
    birthDate,
    password: password ?? undefined,
    attributes: gender === undefined ? {} : { gender },
    identifiers: { email, phone: wire.mobile_phone, merchant_code: wire.merchant_reference_code },
    keepsContact: true,
  };
}

/** A search for the service. */
export function toSearch(wire: z.output<typeof searchSchema>): CustomerSearch {
  const { name = null, email = null } = wire;
  return { name, email, identifiers: identifiersOf(wire) };
}

/** The identifiers that a request names, besides the e-mail. */
function identifiersOf(wire: Partial<z.output<typeof searchSchema>>): readonly Identifier[] {
  const values: readonly (readonly [IdentifierKind, string | undefined])[] = [
    ["phone", wire.mobile_phone],
    ["reference_code", wire.reference_code],
    ["merchant_code", wire.merchant_reference_code],
  ];
  return values.flatMap(([kind, value]) => (value === undefined ? [] : [{ kind, value }]));
}

type CustomerBody = z.input<typeof customerAnswer>;

/** The body of a customer whom the request did not bring: a sandbox key sees no personal data. */
export function customerBody(ctx: Context, customer: AddedCustomer): CustomerBody {
  const body = ownBody(ctx, customer);
  return hidesPersonalData(ctx.principal) ? { ...body, ...hidden(customer) } : body;
}

/** The body of a customer, all in clear, with the keys and the order of the sample. */
export function ownBody(ctx: Context, customer: AddedCustomer): CustomerBody {
  const { id, name, birthDate, attributes, joinedAt } = customer;
  return {
    birth_date: birthDate === null ? null : dateText(birthDate),
    customer_key: id,
    email: emailOf(customer),
    mobile_phone: identifierOf(customer, "phone"),
    gender: attributes.gender ?? null,
    is_email_verified: isSet(attributes.email_verified),
    is_mobile_phone_verified: isSet(attributes.phone_verified),
    merchant_reference_code: identifierOf(customer, "merchant_code"),
    name,
    reference_code: identifierOf(customer, "reference_code"),
    registered_datetime: dateTimeText(joinedAt, ctx.principal.merchant.timeZone),
  };
}

function hidden(customer: AddedCustomer): Partial<CustomerBody> {
  const mask = (text: string | null): string | null => (text === null ? null : maskWords(text));
  return {
    birth_date: null,
    email: mask(emailOf(customer)),
    mobile_phone: mask(identifierOf(customer, "phone")),
    gender: null,
    name: mask(customer.name),
  };
}

/** The body of `read-or-register`. */
export function briefBody(ctx: Context, customer: AddedCustomer): z.input<typeof briefAnswer> {
  const { name } = customer;
  const masked = name !== null && hidesPersonalData(ctx.principal) ? maskWords(name) : name;
  return {
    name: masked,
    reference_code: identifierOf(customer, "reference_code"),
    customer_key: customer.id,
  };
}

function emailOf(customer: AddedCustomer): string | null {
  return customer.email ?? identifierOf(customer, "email");
}

/** Imported attributes are texts. */
function isSet(attribute: unknown): boolean {
  return attribute === true || attribute === "true";
}
