import { currencyScale, formatDecimal } from "../../core/amount.ts";
import type { ErrorOf, Fault, LoyaltyError, LoyaltyErrorCode } from "../../core/errors.ts";
import type { Http } from "../../http/request.ts";

/** How an error looks on the wire, besides its code. */
interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** The public code, where it is not the error's own. */
  readonly code?: string;
  readonly retryable?: boolean;
  readonly faults?: readonly Fault[];
  readonly context?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

type Table = { readonly [C in LoyaltyErrorCode]: (error: ErrorOf<C>) => Problem };

const UNAUTHENTICATED = { "WWW-Authenticate": 'Bearer realm="guerdon"' };

const TABLE = {
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
  signature_invalid: () => ({
    status: 401,
    title: "Signature invalid",
    detail: "The request's signature does not match.",
  }),
  clock_skew: ({ serverTime }) => ({
    status: 401,
    title: "Clock skew",
    detail: "The request's timestamp is too far from the server's time.",
    context: { server_time: new Date(serverTime).toISOString() },
  }),
  staff_credentials_invalid: () => ({
    status: 401,
    title: "Staff credentials invalid",
    detail: "The user name or the password is wrong.",
  }),
  site_required: () => ({
    status: 400,
    title: "Site required",
    detail: "Name the site that this is done at.",
  }),
  site_not_allowed: () => ({
    status: 403,
    title: "Site not allowed",
    detail: "The person may not act at that site.",
  }),
  scope_missing: ({ scope }) => ({
    status: 403,
    title: "Scope missing",
    detail: `The key lacks the scope ${scope}.`,
    context: { scope },
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
  contact_required: () => ({
    status: 400,
    title: "Contact required",
    detail: "The customer needs a phone number or an e-mail address.",
    code: "validation_failed",
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
  signature_reused: () => ({
    status: 401,
    title: "Signature reused",
    detail: "The signature was used for another request.",
    code: "signature_invalid",
  }),
  idempotency_key_reused: () => ({
    status: 422,
    title: "Idempotency key reused",
    detail: "The idempotency key was used with another request.",
  }),
  reference_reused: ({ reference }) => ({
    status: 409,
    title: "Receipt conflict",
    detail: "The reference was used for another content.",
    code: "receipt_conflict",
    context: { reference },
  }),
  duplicate_bill: ({ number }) => ({
    status: 409,
    title: "Duplicate bill",
    detail: "The bill of that number was recorded before.",
    context: { number },
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
  limit_reached: ({ object, limit }) => ({
    status: 409,
    title: "Limit reached",
    detail: `The merchant's plan allows ${limit} of the kind ${object}.`,
    context: { object, limit },
  }),
  voucher_used: () => ({
    status: 409,
    title: "Voucher used",
    detail: "The voucher was redeemed before.",
  }),
  voucher_not_active: () => ({
    status: 409,
    title: "Voucher not active",
    detail: "The voucher is not good yet or was voided.",
  }),
  voucher_expired: () => ({
    status: 409,
    title: "Voucher expired",
    detail: "The voucher's last day is over.",
  }),
  vouchers_refused: ({ reason, codes }) => ({
    status: 409,
    title: "Vouchers refused",
    detail: "None was redeemed: some of the vouchers are no good.",
    context: { reason, codes },
  }),
  minimum_not_met: ({ minimum, currency }) => ({
    status: 409,
    title: "Minimum purchase not met",
    detail: "The purchase is below what the voucher demands.",
    context: { minimum: { amount: formatDecimal(minimum, currencyScale(currency)), currency } },
  }),
  one_time_password_invalid: () => ({
    status: 409,
    title: "One-time password invalid",
    detail: "The one-time password is wrong, was used or has expired.",
  }),
  already_reversed: () => ({
    status: 409,
    title: "Already reversed",
    detail: "The entry was reversed before.",
  }),
  already_voided: () => ({
    status: 409,
    title: "Already voided",
    detail: "The invoice was voided before.",
  }),
  not_a_member: () => ({
    status: 409,
    title: "Not a member",
    detail: "The customer is in no group that spends points.",
  }),
  insufficient_balance: ({ unit }) => ({
    status: 409,
    title: "Insufficient balance",
    detail: `The customer has too little of the unit ${unit}.`,
    context: { unit },
  }),
  balance_limit: ({ unit }) => ({
    status: 409,
    title: "Balance limit",
    detail: `The amount would exceed what a balance of the unit ${unit} can hold.`,
    context: { unit },
  }),
  message_undeliverable: () => ({
    status: 503,
    title: "Message undeliverable",
    detail: "The merchant's message gateway did not take the message.",
    retryable: true,
  }),
  customer_busy: () => ({
    status: 503,
    title: "Busy",
    detail: "Too many changes at once; try again.",
    retryable: true,
    headers: { "Retry-After": "1" },
  }),
} satisfies Table;

/** The body of an error as a member of another answer, without the request's own members. */
export function problemOf(error: LoyaltyError): Record<string, unknown> {
  const problem = lookUp(error);
  return {
    type: `https://guerdon.dev/errors/${problem.code ?? error.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    code: problem.code ?? error.code,
    retryable: problem.retryable ?? false,
    ...(problem.faults === undefined ? {} : { errors: problem.faults }),
    ...(problem.context === undefined ? {} : { context: problem.context }),
  };
}

/** An error as problem details (RFC 9457). */
export function problem(http: Http, error: LoyaltyError): Response {
  const { headers = {} } = lookUp(error);
  return send(http, { ...problemOf(error) }, headers);
}

/** The fixed answer to what nobody expected. */
export function internalProblem(http: Http): Response {
  const body = {
    type: "https://guerdon.dev/errors/internal",
    title: "Internal error",
    status: 500,
    detail: "Something went wrong here; the request id helps to find it.",
    code: "internal",
    retryable: true,
  };
  return send(http, body, {});
}

function lookUp<C extends LoyaltyErrorCode>(error: ErrorOf<C>): Problem {
  const entry = TABLE[error.code as C] as (error: ErrorOf<C>) => Problem;
  return entry(error);
}

function send(
  http: Http,
  body: Record<string, unknown>,
  headers: Readonly<Record<string, string>>,
): Response {
  const requestId = http.get("requestId");
  const whole = { ...body, instance: http.req.path, request_id: requestId };
  return new Response(JSON.stringify(whole), {
    status: Number(body.status),
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}
