import type { Fault } from "../../core/errors.ts";
import type { CodesOf, ErrorTable } from "../../http/calls.ts";
import type { CALLS, OPEN_CALLS } from "./calls.ts";

/** An error as Imonggo's clients see it. */
export interface ImonggoError {
  readonly status: 401 | 403 | 404 | 405 | 422 | 500 | 503;
  readonly texts: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

const refused = (...texts: readonly string[]) => ({ status: 422, texts }) as const;

const notFound = (): ImonggoError => ({ status: 404, texts: ["Not Found"] });

/** Clients take it for the end of the token, so it is the answer to nothing else. */
const unauthorized = (): ImonggoError => ({
  status: 401,
  texts: ["Unauthorized"],
  headers: { "WWW-Authenticate": 'Basic realm="Application"' },
});

/** The fixed answer to what nobody expected. */
export const INTERNAL: ImonggoError = { status: 500, texts: ["Internal Server Error"] };

const busy = (text: string, seconds: number): ImonggoError => ({
  status: 503,
  texts: [text],
  headers: { "Retry-After": String(seconds) },
});

const taken = (field: string): ImonggoError => refused(`${titleOf(field)} has already been taken`);

/** Every error that a call declares. */
export const TABLE = {
  not_found: notFound,
  method_not_allowed: ({ allowed }) => ({
    status: 405,
    texts: ["Method Not Allowed"],
    headers: { Allow: allowed.join(", ") },
  }),
  key_missing: unauthorized,
  key_unknown: unauthorized,
  key_expired: unauthorized,
  body_too_large: () => refused("Request body is too large"),
  staff_credentials_invalid: notFound,
  site_required: () => refused("Branch can't be blank"),
  scope_missing: () => ({ status: 403, texts: ["Forbidden"] }),
  rate_limited: ({ retryAfter }) => busy("Rate limit exceeded", retryAfter),
  invalid_json: () => refused("Request body is invalid"),
  validation_failed: ({ faults }) => refused(...faults.map(faultText)),
  reference_reused: () => taken("reference"),
  duplicate_bill: () => taken("reference"),
  already_exists: ({ field }) => taken(field),
  already_voided: () => refused("Invoice has already been voided"),
  not_a_member: () => refused("Customer is not a member"),
  customer_blocked: () => refused("Customer is blocked"),
  customer_inactive: () => refused("Customer is inactive"),
  insufficient_balance: () => refused("Insufficient points"),
  balance_limit: () => refused("Amount is too large"),
  customer_busy: () => busy("Too many changes at once", 1),
} satisfies ErrorTable<CodesOf<typeof CALLS> | CodesOf<typeof OPEN_CALLS>, ImonggoError>;

/** `Alternate code` for `alternate_code`, `Branch` for `branch_id`. */
function titleOf(field: string): string {
  const words = field.replace(/_id$/, "").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `Name can't be blank`; what has no field of its own is a sentence by itself. */
function faultText({ pointer, detail }: Fault): string {
  const field = pointer.slice(pointer.lastIndexOf("/") + 1);
  return pointer === "" ? detail : `${titleOf(field)} ${detail}`;
}
