import type { ErrorOf, Fault, LoyaltyError, LoyaltyErrorCode } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import type { Http } from "../../http/request.ts";
import { settingsOf } from "../../services/context.ts";

/** An error as Augmigo's clients see it. */
interface AugmigoError {
  /** `endpoint`: the one that the endpoint documents for a request that it cannot do. */
  readonly status: "endpoint" | 400 | 401 | 403 | 404 | 405 | 429 | 500 | 503;
  readonly msg: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

type Table = { readonly [C in LoyaltyErrorCode]: (error: ErrorOf<C>) => AugmigoError };

/** What an endpoint says differently from the others. */
export interface Wording {
  /** Status of a request that the endpoint cannot do. */
  readonly failure: 400 | 500;
  /** Status for what is not there, if another. */
  readonly missing?: 400;
  /** Its own texts, by the code of the error; their status is `failure`. */
  readonly texts?: {
    readonly [C in LoyaltyErrorCode]?: (error: ErrorOf<C>) => string | readonly string[];
  };
}

/** The wording of what is refused before an endpoint is asked. */
export const PLAIN: Wording = { failure: 400 };

const refused = (...msg: readonly string[]): AugmigoError => ({ status: "endpoint", msg });

const unauthenticated = (text: string) => (): AugmigoError => ({ status: 401, msg: [text] });

const forbidden = (): AugmigoError => ({ status: 403, msg: ["Permission denied"] });

const internal = (): AugmigoError => ({ status: 500, msg: ["Internal server error"] });

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

const TABLE = {
  not_found: ({ object }) => NOT_FOUND[object] ?? refused("Not found"),
  erased: () => refused("Reference code is invalid"),
  method_not_allowed: ({ allowed }) => ({
    status: 405,
    msg: ["Method not allowed"],
    headers: { Allow: allowed.join(", ") },
  }),
  key_missing: unauthenticated("Authenticated token is required"),
  key_unknown: unauthenticated("Authenticated token is invalid"),
  key_expired: unauthenticated("Authenticated token is expired"),
  body_too_large: () => refused("Request body too large"),
  signature_invalid: unauthenticated("Authenticated token is invalid"),
  clock_skew: unauthenticated("Authenticated token is invalid"),
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
  merchant_not_named: unauthenticated("Authenticated token is invalid"),
  invalid_json: () => refused("Request body is not valid"),
  validation_failed: ({ faults }) => refused(...faults.map(faultText)),
  contact_required: () => refused("Email or mobile phone must be provided"),
  demo_refused: internal,
  if_match_required: internal,
  etag_mismatch: internal,
  signature_reused: internal,
  idempotency_key_reused: internal,
  reference_reused: () => refused("The transaction have been submitted"),
  duplicate_bill: () => refused("The transaction have been submitted"),
  already_exists: ({ field }) => refused(`${field} have been taken`),
  already_assigned: () => refused("The customer membership has already been assigned"),
  limit_reached: internal,
  voucher_used: internal,
  voucher_not_active: internal,
  voucher_expired: internal,
  vouchers_refused: ({ reason, codes }) =>
    refused(`Voucher (${codes.join(",")}) ${REFUSALS[reason]}`),
  minimum_not_met: internal,
  one_time_password_invalid: internal,
  already_reversed: internal,
  already_voided: internal,
  not_a_member: internal,
  insufficient_balance: ({ unit }) => refused(`Failed to redeem ${unit}`),
  balance_limit: () => refused("The amount is too large"),
  message_undeliverable: internal,
  customer_busy: () => ({
    status: 503,
    msg: ["Too many changes at once"],
    headers: { "Retry-After": "1" },
  }),
} satisfies Table;

/** `name is required`; a sentence of its own stands by itself. */
function faultText({ pointer, detail }: Fault): string {
  const field = pointer.slice(1);
  return field === "" || /^[A-Z]/.test(detail) ? detail : `${field} ${detail}`;
}

/** An error in Augmigo's documented body, in the endpoint's own words where it has any. */
export function failure<C extends LoyaltyErrorCode>(
  http: Http,
  error: ErrorOf<C>,
  wording: Wording,
): Response {
  const own = wording.texts?.[error.code as C]?.(error);
  const entry = TABLE[error.code as C] as (error: ErrorOf<C>) => AugmigoError;
  const { status, msg, headers } = own === undefined ? entry(error) : refused(...[own].flat());
  return answer(
    { msg },
    status === "endpoint" ? failureStatus(http, error, wording) : status,
    headers,
  );
}

/** A deployment may have 400 for all that the documentation answers with 500. */
function failureStatus(http: Http, { code }: LoyaltyError, wording: Wording): number {
  if (settingsOf(http.env).augmigoFailures === "400") return 400;
  return (code === "not_found" ? wording.missing : undefined) ?? wording.failure;
}

/** The fixed answer to what nobody expected. */
export function internalFailure(): Response {
  const { status, msg } = internal();
  return answer({ msg }, Number(status));
}

/** The fixed answer to a request that everybody on its way could read. */
export function insecureFailure(): Response {
  return answer({ msg: ["HTTPS is required"] }, 403);
}

/** A result's error, its body, or, where that is null, an answer without one. */
export function respond(
  http: Http,
  result: Result<object | null, LoyaltyError>,
  wording: Wording,
  status = 200,
): Response {
  if (!result.ok) return failure(http, result.error, wording);
  return answer(result.value, status);
}

const JSON_TYPE = { "Content-Type": "application/json; charset=utf-8" };

function answer(
  body: object | null,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Response {
  if (status === 204) return new Response(null, { status });
  const text = body === null ? "" : JSON.stringify(body);
  const length = body === null ? { "Content-Length": "0" } : {};
  return new Response(text, { status, headers: { ...JSON_TYPE, ...length, ...headers } });
}
