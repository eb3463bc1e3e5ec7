import type { LoyaltyError } from "../../core/errors.ts";
import type { CodesOf, ErrorTable } from "../../http/calls.ts";
import { rowOf } from "../../http/dialect.ts";
import type { DeploymentCalls, NativeCalls } from "./calls.ts";
import type { Problem } from "./problem.ts";
import { problemBody } from "./problem.ts";

/** What authentication may refuse besides: the admin has to name a merchant. */
export const OWN_ERRORS = ["merchant_not_named"] as const;

const UNAUTHENTICATED = { "WWW-Authenticate": 'Bearer realm="guerdon"' };

/** Every error that a call declares. */
export const TABLE = {
  not_found: ({ object }) => ({
    status: 404,
    title: "Not found",
    detail: `There is no such ${object}.`,
    context: { object },
  }),
  erased: () => ({
    status: 410,
    title: "Erased",
    detail: "The customer was erased; only entries are kept, under the id.",
  }),
  method_not_allowed: ({ allowed }) => ({
    status: 405,
    title: "Method not allowed",
    detail: `This path answers ${allowed.join(", ")}.`,
    headers: { Allow: allowed.join(", ") },
  }),
  key_missing: () => ({
    status: 401,
    title: "Key missing",
    detail: "Send an API key as a bearer token.",
    headers: UNAUTHENTICATED,
  }),
  key_unknown: () => ({
    status: 401,
    title: "Key unknown",
    detail: "The API key is not known or was revoked.",
    headers: UNAUTHENTICATED,
  }),
  key_expired: () => ({
    status: 401,
    title: "Key expired",
    detail: "The API key has expired.",
    headers: UNAUTHENTICATED,
  }),
  body_too_large: ({ limit }) => ({
    status: 413,
    title: "Body too large",
    detail: `The body may have at most ${limit} bytes.`,
    context: { limit },
  }),
  scope_missing: ({ scope }) => ({
    status: 403,
    title: "Scope missing",
    detail: `The key lacks the scope ${scope}.`,
    context: { scope },
  }),
  mode_mismatch: () => ({
    status: 403,
    title: "Mode mismatch",
    detail: "A test key gives, changes and takes away nothing that is live.",
  }),
  site_not_allowed: () => ({
    status: 403,
    title: "Site not allowed",
    detail: "The key is bound to a site, and this is about others.",
  }),
  rate_limited: ({ retryAfter }) => ({
    status: 429,
    title: "Rate limited",
    detail: "Too many requests; wait as long as Retry-After says.",
    retryable: true,
    headers: { "Retry-After": String(retryAfter) },
  }),
  merchant_not_named: () => ({
    status: 400,
    title: "Merchant not named",
    detail: "Name the merchant's id or slug in the header Guerdon-Merchant.",
  }),
  invalid_json: () => ({
    status: 400,
    title: "Invalid JSON",
    detail: "The body is not a JSON document.",
  }),
  validation_failed: ({ faults }) => ({
    status: 400,
    title: "Validation failed",
    detail: "Some fields are not valid; see errors.",
    code: faults.every((fault) => fault.code === "unknown_field")
      ? "unknown_field"
      : "validation_failed",
    faults,
  }),
  demo_refused: () => ({
    status: 403,
    title: "Demo data refused",
    detail: "Demo data exists only in local development.",
  }),
  if_match_required: () => ({
    status: 428,
    title: "If-Match required",
    detail: "Send the ETag of the state that you want to change in If-Match.",
  }),
  etag_mismatch: () => ({
    status: 412,
    title: "ETag mismatch",
    detail: "It was changed meanwhile; read it again.",
  }),
  already_exists: ({ object, field }) => ({
    status: 409,
    title: "Already exists",
    detail: `There is already a ${object} with that ${field}.`,
    context: { object, field },
  }),
  already_assigned: () => ({
    status: 409,
    title: "Already assigned",
    detail: "The customer holds a membership of that programme.",
  }),
  key_ended: () => ({
    status: 409,
    title: "Key ended",
    detail: "The key was revoked or has expired; make another.",
  }),
  limit_reached: ({ object, limit }) => ({
    status: 409,
    title: "Limit reached",
    detail: `There may be ${limit} of the kind ${object} at once.`,
    context: { object, limit },
  }),
  customer_blocked: () => ({
    status: 409,
    title: "Customer blocked",
    detail: "The customer is blocked: nothing is earned, spent or given.",
  }),
  customer_inactive: () => ({
    status: 409,
    title: "Customer inactive",
    detail: "The customer is not active: nothing new is booked or given.",
  }),
  balance_limit: ({ unit }) => ({
    status: 409,
    title: "Balance limit",
    detail: `The amount would exceed what a balance of the unit ${unit} can hold.`,
    context: { unit },
  }),
  customer_busy: () => ({
    status: 503,
    title: "Busy",
    detail: "Too many changes at once; try again.",
    retryable: true,
    headers: { "Retry-After": "1" },
  }),
} satisfies ErrorTable<CodesOf<DeploymentCalls | NativeCalls, typeof OWN_ERRORS>, Problem>;

/** The fixed answer to what nobody expected. */
export const INTERNAL: Problem = {
  status: 500,
  title: "Internal error",
  detail: "Something went wrong here; the request id helps to find it.",
  code: "internal",
  retryable: true,
};

/** An error as a member of another answer, without the request's own members. */
export function describeProblem(error: LoyaltyError | null): object {
  const row = error === null ? INTERNAL : rowOf({ table: TABLE, internal: INTERNAL }, error);
  return problemBody(row, error);
}
