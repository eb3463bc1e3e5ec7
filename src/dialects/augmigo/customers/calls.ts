import type { ErrorOf } from "../../../core/errors.ts";
import { EMPTY, json } from "../../../http/calls.ts";
import { call } from "../declaration.ts";
import { demandFields, readAllFields, readFields, readQuery } from "../readers.ts";
import { noFields } from "../schemas.ts";
import { briefAnswer, customerAnswer, searchAnswer } from "./answers.ts";
import {
  changePerson,
  erasePerson,
  readOrRegister,
  registerPerson,
  searchPersons,
  showPerson,
} from "./operations.ts";
import { registerSchema, searchSchema, updateSchema } from "./schemas.ts";

const scope = "write:customers";

const BARE = { scope, failure: 400, read: readQuery, input: noFields } as const;

const TAKEN: Readonly<Record<string, string>> = {
  email: "Email have been taken",
  phone: "Mobile phone have been taken",
};

const TEXTS = {
  not_found: () => "Customer is not exist",
  invalid_json: () => "Missing customer data",
  already_exists: ({ field }: ErrorOf<"already_exists">) =>
    TAKEN[field] ?? "Merchant reference code have been taken",
};

/** What registering and updating say; the update of nobody is another thing than a bad one. */
const WRITING = { scope, failure: 500, missing: 400, texts: TEXTS } as const;

/** The two names of one customer. */
const PERSON = ["/customers/reference-code/:code", "/customers/customer-key/:key"];

/** Registration, search, and the calls on one customer. */
export const CUSTOMER_CALLS = [
  call({
    method: "POST",
    path: "/customers/register",
    summary: "Registers a customer",
    ...WRITING,
    outlet: "required",
    read: demandFields(readFields),
    input: registerSchema,
    answer: json(customerAnswer),
    errors: ["already_exists", "customer_busy"],
    act: registerPerson,
  }),
  call({
    method: "POST",
    path: "/customers/search/:limit",
    summary: "Searches customers by name, contact or code",
    scope,
    failure: 400,
    outlet: "optional",
    input: searchSchema,
    answer: json(searchAnswer),
    errors: ["customer_busy"],
    act: searchPersons,
  }),
  call({
    method: "GET",
    path: "/customers/reference-code/:code/read-or-register",
    summary: "Reads a customer, or registers a nameless one under the code of a card",
    ...BARE,
    outlet: "required",
    answer: json(briefAnswer),
    errors: ["not_found", "already_exists", "customer_busy"],
    act: readOrRegister,
  }),
  call({
    method: "GET",
    path: PERSON,
    summary: "Reads a customer",
    ...BARE,
    outlet: "optional",
    answer: json(customerAnswer),
    errors: ["customer_busy"],
    act: showPerson,
  }),
  call({
    method: "PUT",
    path: PERSON,
    summary: "Changes a customer",
    ...WRITING,
    outlet: "optional",
    read: demandFields(readAllFields),
    input: updateSchema,
    answer: EMPTY,
    errors: ["not_found", "contact_required", "already_exists", "customer_busy"],
    act: changePerson,
  }),
  call({
    method: "DELETE",
    path: PERSON,
    summary: "Erases a customer",
    ...BARE,
    texts: TEXTS,
    outlet: "optional",
    answer: EMPTY,
    status: 204,
    errors: ["not_found", "customer_busy"],
    act: erasePerson,
  }),
];
