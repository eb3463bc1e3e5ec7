import type { LoyaltyError } from "../../../core/errors.ts";
import { STATUS_ERRORS } from "../../../core/errors.ts";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import type { Received } from "../../../http/calls.ts";
import { json } from "../../../http/calls.ts";
import type { Context } from "../../../services/context.ts";
import { getCustomerOrErased } from "../../../services/customers/customers.ts";
import {
  assignMembership,
  createMembershipProgram,
  listMemberships,
  pageMembershipPrograms,
  removeMemberships,
} from "../../../services/memberships/memberships.ts";
import { deleted } from "../answers.ts";
import { call, list, mapped, NOTHING, pageAnswer, pageBody, wholePage } from "../declarations.ts";
import { membershipAnswer, membershipProgramAnswer } from "./answers.ts";
import { membershipBody, programBody, toProgramInput } from "./mapping.ts";
import { membershipProgramSchema, membershipSchema } from "./schemas.ts";

/** Programmes of cards. */
export const MEMBERSHIP_PROGRAM_CALLS = [
  call({
    method: "POST",
    path: "/membership_programs",
    summary: "Makes a membership programme",
    scope: "write:programs",
    input: membershipProgramSchema,
    answer: json(membershipProgramAnswer),
    status: 201,
    errors: ["already_exists", "customer_busy"],
    act: async (ctx, wire) =>
      mapped(await createMembershipProgram(ctx, toProgramInput(wire)), programBody),
  }),
  list({
    path: "/membership_programs",
    summary: "Lists the merchant's membership programmes, newest first",
    scope: "read:programs",
    item: membershipProgramAnswer,
    errors: [],
    read: pageMembershipPrograms,
    show: programBody,
  }),
];

/** Cards that customers hold. */
export const MEMBERSHIP_CALLS = [
  call({
    method: "POST",
    path: "/customers/:id/memberships",
    summary: "Assigns a membership to a customer",
    scope: "write:memberships",
    input: membershipSchema,
    answer: json(membershipAnswer),
    status: 201,
    errors: ["not_found", ...STATUS_ERRORS, "erased", "already_assigned", "customer_busy"],
    async act(ctx, { program, years = null }, received) {
      const customer = await findCustomer(ctx, received);
      if (!customer.ok) return customer;
      const input = { customer: customer.value, program, years };
      return mapped(await assignMembership(ctx, input), membershipBody);
    },
  }),
  call({
    method: "GET",
    path: "/customers/:id/memberships",
    summary: "Lists the memberships that a customer holds, oldest first",
    scope: "read:customers",
    input: NOTHING,
    answer: pageAnswer(membershipAnswer),
    errors: ["not_found", "erased"],
    async act(ctx, _, received) {
      const customer = await findCustomer(ctx, received);
      if (!customer.ok) return customer;
      const items = await listMemberships(ctx, customer.value);
      return ok(pageBody(wholePage(items), membershipBody));
    },
  }),
  call({
    method: "DELETE",
    path: "/customers/:id/memberships/:membership",
    summary: "Takes a membership away from a customer",
    scope: "write:memberships",
    input: NOTHING,
    answer: json(deleted("membership")),
    errors: ["not_found", "erased", "customer_busy"],
    async act(ctx, _, received) {
      const customer = await findCustomer(ctx, received);
      if (!customer.ok) return customer;
      const { membership: id = "" } = received.path;
      const removed = await removeMemberships(ctx, customer.value, { id });
      return mapped(removed, () => ({ id, object: "membership", deleted: true }));
    },
  }),
];

/** The id of the customer that the path names. */
async function findCustomer(
  ctx: Context,
  { path: { id = "" } }: Received,
): Promise<Result<string, LoyaltyError>> {
  return mapped(await getCustomerOrErased(ctx, id), ({ id: customer }) => customer);
}
