import { json } from "../../../http/calls.ts";
import {
  createCustomerType,
  pageCustomerTypes,
} from "../../../services/customers/customer-type.ts";
import { call, list, mapped } from "../declarations.ts";
import { customerTypeAnswer } from "./answers.ts";
import { toTypeInput, typeBody } from "./mapping.ts";
import { customerTypeSchema } from "./schemas.ts";

/** Customer types: groups of customers with earning and spending rules of their own. */
export const CUSTOMER_TYPE_CALLS = [
  call({
    method: "POST",
    path: "/customer_types",
    summary: "Adds a customer type to the merchant",
    scope: "write:programs",
    input: customerTypeSchema,
    answer: json(customerTypeAnswer),
    status: 201,
    errors: ["already_exists", "customer_busy"],
    async act(ctx, wire) {
      const { currency } = ctx.principal.merchant;
      const input = toTypeInput(wire, currency);
      if (!input.ok) return input;
      return mapped(await createCustomerType(ctx, input.value), (row) => typeBody(row, currency));
    },
  }),
  list({
    path: "/customer_types",
    summary: "Lists the merchant's customer types, newest first",
    scope: "read:programs",
    item: customerTypeAnswer,
    errors: [],
    read: pageCustomerTypes,
    show: (row, ctx) => typeBody(row, ctx.principal.merchant.currency),
  }),
];
