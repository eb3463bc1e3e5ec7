import { callMaker, json } from "../../../http/calls.ts";
import type { Context } from "../../../services/context.ts";
import type { Access } from "../authentication.ts";
import { groupAnswer, siteAnswer } from "./answers.ts";
import { addSite, create } from "./operations.ts";
import { groupSchema, siteSchema } from "./schemas.ts";

const call = callMaker<Context, Access>();

/** The loyalty group of an account, and its sites. */
export const GROUP_CALLS = [
  call({
    method: "POST",
    path: "/group/create",
    summary: "Creates the account's loyalty group",
    access: "write",
    scope: "write:merchants",
    input: groupSchema,
    answer: json(groupAnswer),
    errors: ["already_exists", "customer_busy"],
    act: create,
  }),
  call({
    method: "POST",
    path: "/group/sites/add",
    summary: "Adds a site to the group",
    access: "write",
    scope: "write:sites",
    input: siteSchema,
    answer: json(siteAnswer),
    errors: ["already_exists", "limit_reached", "customer_busy"],
    act: addSite,
  }),
];
