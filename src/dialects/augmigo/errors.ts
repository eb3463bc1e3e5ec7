import type { ErrorOf, Fault, LoyaltyError } from "../../core/errors.ts";
import type { CodesOf, ErrorTable } from "../../http/calls.ts";
import type { Refusal, Shown } from "../../http/dialect.ts";
import type { Http } from "../../http/request.ts";
import { settingsOf } from "../../services/context.ts";
import type { OWN_ERRORS } from "./authentication.ts";
import type { CALLS } from "./calls.ts";
import type { Wording } from "./declaration.ts";
import type { SIGN_IN_CALLS } from "./sign-in/calls.ts";

/** An error as Augmigo's clients see it. */
export interface AugmigoError {
  /** `endpoint`: the one that the endpoint documents for a request that it cannot do. */
  readonly status: "endpoint" | 400 | 401 | 403 | 404 | 405 | 429 | 500 | 503;
  readonly msg: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

const refused = (...msg: readonly string[]): AugmigoError => ({ status: "endpoint", msg });

const unauthenticated = (text: string) => (): AugmigoError => ({ status: 401, msg: [text] });

const forbidden = (): AugmigoError => ({ status: 403, msg: ["Permission denied"] });

/** The fixed answer to what nobody expected. */
export const INTERNAL: AugmigoError = { status: 500, msg: ["Internal server error"] };

/** The fixed answer to a request that everybody on its way could read. */
export const INSECURE: AugmigoError = { status: 403, msg: ["HTTPS is required"] };

const NOT_FOUND: Readonly<Record<string, AugmigoError>> = {
  route: { status: 404, msg: ["Not found"] },
  site: { status: 400, msg: ["Invalid outlet key"] },
  customer: refused("Reference code is invalid"),
  voucher: refused("Invalid voucher redeem code"),
  membership: refused("Customer membership is not found"),
  membership_program: refused("Membership program is not found"),
};

/** What is wrong with vouchers; the two blanks are the vendor's own. */
const REFUSALS: Readonly<Record<ErrorOf<"vouchers_refused">["reason"], string>> = {
  unknown: "is not valid",
  voided: "is not valid",
  foreign: "is not belong to customer",
  redeemed: "have been redeemed before,  thus it is not allow to redeem again",
  early: "is not effective yet",
  expired: "is expired",
};

type Codes = CodesOf<typeof CALLS | typeof SIGN_IN_CALLS, typeof OWN_ERRORS>;

/** Every error that a call declares. */
export const TABLE = {
  not_found: ({ object }) => NOT_FOUND[object] ?? refused("Not found"),
  method_not_allowed: ({ allowed }) => ({
    status: 405,
    msg: ["Method not allowed"],
    headers: { Allow: allowed.join(", ") },
  }),
  key_missing: unauthenticated("Authenticated token is required"),
  key_unknown: unauthenticated("Authenticated token is invalid"),
  key_expired: unauthenticated("Authenticated token is expired"),
  body_too_large: () => refused("Request body too large"),
  staff_credentials_invalid: () => ({
    status: 401,
    msg: ["Failed to authenticate"],
    headers: { "WWW-Authenticate": 'Basic realm="Authentication Required"' },
  }),
  site_required: unauthenticated("Outlet Key is required"),
  site_not_allowed: forbidden,
  scope_missing: forbidden,
  rate_limited: ({ retryAfter }) => ({
    status: 429,
    msg: ["Too many requests"],
    headers: { "Retry-After": String(retryAfter) },
  }),
  invalid_json: () => refused("Request body is not valid"),
  validation_failed: ({ faults }) => refused(...faults.map(faultText)),
  contact_required: () => refused("Email or mobile phone must be provided"),
  reference_reused: () => refused("The transaction have been submitted"),
  duplicate_bill: () => refused("The transaction have been submitted"),
  already_exists: ({ field }) => refused(`${field} have been taken`),
  already_assigned: () => refused("The customer membership has already been assigned"),
  vouchers_refused: ({ reason, codes }) =>
    refused(`Voucher (${codes.join(",")}) ${REFUSALS[reason]}`),
  customer_blocked: () => refused("Customer is blocked"),
  customer_inactive: () => refused("Customer is inactive"),
  insufficient_balance: ({ unit }) => refused(`Failed to redeem ${unit}`),
  balance_limit: () => refused("The amount is too large"),
  customer_busy: () => ({
    status: 503,
    msg: ["Too many changes at once"],
    headers: { "Retry-After": "1" },
  }),
} satisfies ErrorTable<Codes, AugmigoError>;

/** `name is required`; a sentence of its own stands by itself. */
function faultText({ pointer, detail }: Fault): string {
  const field = pointer.slice(1);
  return field === "" || /^[A-Z]/.test(detail) ? detail : `${field} ${detail}`;
}

/** An error's documented body, in the endpoint's own words where it has any. */
export function wordRefusal(
  http: Http,
  { row, error }: Refusal<AugmigoError>,
  wording: Wording,
): Shown {
  const own = error === null ? undefined : ownText(error, wording);
  const { status, msg, ...rest } = own === undefined ? row : refused(...[own].flat());
  const body = { msg };
  return status === "endpoint"
    ? { ...rest, status: failureStatus(http, error, wording), body }
    : { ...rest, status, body };
}

function ownText(error: LoyaltyError, { texts }: Wording): string | readonly string[] | undefined {
  const text = texts?.[error.code] as
    | ((error: LoyaltyError) => string | readonly string[])
    | undefined;
  return text?.(error);
}

/** A deployment may have 400 for all that the documentation answers with 500. */
function failureStatus(http: Http, error: LoyaltyError | null, wording: Wording): number {
  if (settingsOf(http.env).augmigoFailures === "400") return 400;
  return (error?.code === "not_found" ? wording.missing : undefined) ?? wording.failure;
}
