import { STATUS_ERRORS } from "../../../core/errors.ts";
import { ok } from "../../../core/result.ts";
import { EMPTY, json } from "../../../http/calls.ts";
import { messageAnswer } from "../answers.ts";
import { call } from "../declaration.ts";
import { readQuery } from "../readers.ts";
import { noFields } from "../schemas.ts";
import { membershipsAnswer } from "./answers.ts";
import { assign, remove, removeTier, renew, showMemberships } from "./operations.ts";
import { assignSchema, readAnywhere, removeSchema } from "./schemas.ts";

const scope = "write:memberships";

const BARE = { failure: 400, outlet: "optional", read: readQuery, input: noFields } as const;

const RECORDED = { scope, failure: 400, outlet: "required" } as const;

const MISSING_KEY = { invalid_json: () => "Missing membership program key" };

/** Memberships of a customer: reading, assigning, renewing and removing them. */
export const MEMBERSHIP_CALLS = [
  call({
    method: "GET",
    path: "/customer-membership/ping",
    summary: "Tells that the token is good",
    ...BARE,
    scope: null,
    answer: json(messageAnswer),
    errors: [],
    act: async () => ok({ msg: ["OK"] }),
  }),
  call({
    method: "GET",
    path: "/customer-membership/customer/reference-code/:code",
    summary: "Reads the memberships that a customer holds",
    ...BARE,
    scope,
    answer: json(membershipsAnswer),
    errors: ["not_found"],
    act: showMemberships,
  }),
  call({
    method: "POST",
    path: "/customer-membership/customer/reference-code/:code/assign-membership",
    summary: "Assigns a membership",
    ...RECORDED,
    failure: 500,
    texts: MISSING_KEY,
    input: assignSchema,
    answer: EMPTY,
    errors: ["not_found", ...STATUS_ERRORS, "already_assigned", "customer_busy"],
    act: assign,
  }),
  call({
    method: "POST",
    path: "/customer-membership/customer/reference-code/:code/renew-membership",
    summary: "Lets a membership last longer",
    ...RECORDED,
    texts: MISSING_KEY,
    input: assignSchema,
    answer: json(messageAnswer),
    errors: ["not_found", "customer_busy"],
    act: renew,
  }),
  call({
    method: "DELETE",
    path: "/customer-membership/customer/reference-code/:code/remove-membership",
    summary: "Takes a membership away, or all",
    ...RECORDED,
    read: readAnywhere,
    input: removeSchema,
    answer: EMPTY,
    status: 204,
    errors: ["not_found", "customer_busy"],
    act: remove,
  }),
  call({
    method: "DELETE",
    path: "/customer-membership/customer/reference-code/:code/remove-tier-membership",
    summary: "Takes a tier away, of which only the lowest is none",
    ...BARE,
    scope,
    answer: json(messageAnswer),
    errors: ["not_found"],
    act: removeTier,
  }),
];
