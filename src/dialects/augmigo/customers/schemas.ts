import * as z from "zod";
import { normaliseEmail, normalisePhone } from "../../../core/identifiers.ts";
import type { Fields } from "../../../http/wire/fields.ts";
import { parseDate } from "../schemas.ts";

const MAX_NAME = 300;
/** Longest code that a merchant may have for a customer. */
const MAX_MERCHANT_CODE = 16;
/** Longest password: it comes as an MD5 digest, but any text will do. */
const MAX_PASSWORD = 255;
/** Customers that a search may show. */
const MAX_FOUND = 100;

/** A text field that `read` understands; null stands for what is none of its kind. */
const field = <T>(read: (text: string) => T | null, message: string) =>
  z.string(message).transform((text, issues) => {
    const value = read(text);
    if (value !== null) return value;
    issues.addIssue({ code: "custom", message });
    return z.NEVER;
  });

/** A client that forgot to encode the `+` of a form delivers a blank in its place. */
const parsePhone = (text: string): string | null => normalisePhone(text.replace(/^ (?=\d)/, "+"));

const parseGender = (text: string): string | null =>
  /^[mf]$/i.test(text) ? text.toLowerCase() : null;

const demanded = (name: string) =>
  z.string({
    error: ({ input }) =>
      (input ?? null) === null ? `${name} is required` : `${name} is not valid`,
  });

const name = demanded("Name")
  .trim()
  .min(1, "Name is required")
  .max(MAX_NAME, `Name length must not more than ${MAX_NAME} characters`);
const password = demanded("Password").max(
  MAX_PASSWORD,
  `Password length must not more than ${MAX_PASSWORD} characters`,
);
const email = field(normaliseEmail, "Email is not valid");
const phone = field(parsePhone, "Mobile phone is not valid");
const birthDate = field(parseDate, "Date of Birth is not a valid date value");
const gender = field(parseGender, "Gender is not valid");
const merchantCode = z
  .string("Merchant reference code is not valid")
  .max(
    MAX_MERCHANT_CODE,
    `Merchant reference code length must not more than ${MAX_MERCHANT_CODE} characters`,
  );

/** `POST customers/register`. Faults are told in the order of the fields here. */
export const registerSchema = z.preprocess(
  (fields) => ({ ...(fields as Fields), contact: contactOf(fields as Fields) }),
  z.object({
    name,
    contact: z
      .unknown()
      .refine((value) => value !== undefined, "Email or mobile phone must be provided"),
    password,
    email: email.optional(),
    mobile_phone: phone.optional(),
    birth_date: birthDate.optional(),
    gender: gender.optional(),
    merchant_reference_code: merchantCode.optional(),
  }),
);

function contactOf({ email: address, mobile_phone: number }: Fields): unknown {
  return address ?? number;
}

/** Absent keeps, null and empty clear. */
const clearable = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (value === "" ? null : value), schema.nullable().optional());

/** `PUT customers/…`: a till does not know the password, and never clears it. */
export const updateSchema = z.object({
  name: name.optional(),
  password: clearable(password),
  email: clearable(email),
  mobile_phone: clearable(phone),
  birth_date: clearable(birthDate),
  gender: clearable(gender),
  merchant_reference_code: clearable(merchantCode),
});

/** `POST customers/search/{limit}` */
export const searchSchema = z
  .object({
    name: z.string("Name is not valid").optional(),
    email: email.optional(),
    mobile_phone: phone.optional(),
    reference_code: z.string("Reference code is not valid").optional(),
    merchant_reference_code: merchantCode.optional(),
  })
  .refine(
    (wanted) => Object.values(wanted).some((value) => value !== undefined),
    "Either one input is required",
  );

/** How many customers a search may show; null when the text is no such number. */
export function parseLimit(text: string): number | null {
  return /^0*[1-9]\d{0,8}$/.test(text) ? Math.min(Number(text), MAX_FOUND) : null;
}
