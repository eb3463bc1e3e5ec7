import { currencyScale, formatDecimal } from "../../core/amount.ts";
import type { ErrorOf, LoyaltyError, LoyaltyErrorCode } from "../../core/errors.ts";
import type { Http } from "../../http/request.ts";
import { settingsOf } from "../../services/context.ts";
import { wholePoints } from "./mapping.ts";

/** An error as KiriMel's clients see it. */
interface KirimelError {
  readonly status: 400 | 401 | 404 | 405 | 429 | 500;
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

type Table = { readonly [C in LoyaltyErrorCode]: (error: ErrorOf<C>) => KirimelError };

const invalidKey = (): KirimelError => ({
  status: 401,
  code: "INVALID_API_KEY",
  message: "API key is invalid or expired",
});

const invalidSignature = (message: string): KirimelError => ({
  status: 401,
  code: "SIGNATURE_INVALID",
  message,
});

const invalidParameter = (field: string | null, reason: string): KirimelError => ({
  status: 400,
  code: "INVALID_PARAMETERS",
  message: field === null ? `The request ${reason}` : `The parameter ${field} ${reason}`,
  details: field === null ? { reason } : { field, reason },
});

const refused = (
  code: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): KirimelError => ({ status: 400, code, message, details });

/** What KiriMel calls the field that must be unique. */
const FIELDS: Readonly<Record<string, string>> = { site: "site_code" };

const internal = (): KirimelError => ({
  status: 500,
  code: "INTERNAL_ERROR",
  message: "An internal error occurred",
});

const NO_CUSTOMER = { code: "CUSTOMER_NOT_FOUND", message: "Customer ID does not exist" };

const NOT_FOUND: Readonly<Record<string, Pick<KirimelError, "code" | "message">>> = {
  customer: NO_CUSTOMER,
  voucher: { code: "VOUCHER_NOT_FOUND", message: "Voucher code does not exist" },
  voucher_series: { code: "BATCH_NOT_FOUND", message: "Voucher batch does not exist" },
  entry: { code: "TRANSACTION_NOT_FOUND", message: "Transaction does not exist" },
};

const TABLE = {
  not_found: ({ object }) => ({
    status: 404,
    code: NOT_FOUND[object]?.code ?? "NOT_FOUND",
    message: NOT_FOUND[object]?.message ?? "Resource does not exist",
  }),
  erased: () => ({ status: 404, ...NO_CUSTOMER }),
  method_not_allowed: ({ allowed }) => ({
    status: 405,
    code: "METHOD_NOT_ALLOWED",
    message: "This endpoint does not answer that method",
    headers: { Allow: allowed.join(", ") },
  }),
  key_missing: invalidKey,
  key_unknown: invalidKey,
  key_expired: invalidKey,
  body_too_large: ({ limit }) => invalidParameter(null, `must have at most ${limit} bytes`),
  signature_invalid: () => invalidSignature("HMAC signature verification failed"),
  clock_skew: () => invalidSignature("Request timestamp is outside the allowed window"),
  staff_credentials_invalid: internal,
  site_required: internal,
  site_not_allowed: internal,
  // KiriMel documents no 403: a key that may not do something is not valid for it.
  scope_missing: invalidKey,
  // A body with a top-level retry_after would make the PHP SDK sleep and call it a success.
  rate_limited: ({ retryAfter }) => ({
    status: 429,
    code: "RATE_LIMIT_EXCEEDED",
    message: "Rate limit exceeded",
    headers: { "Retry-After": String(retryAfter) },
  }),
  merchant_not_named: invalidKey,
  invalid_json: () => invalidParameter(null, "body is malformed"),
  validation_failed: ({ faults }) => {
    const [fault] = faults;
    const field = fault === undefined || fault.pointer === "" ? null : fault.pointer.slice(1);
    return invalidParameter(field, fault?.detail ?? "is not valid");
  },
  contact_required: internal,
  demo_refused: internal,
  if_match_required: internal,
  etag_mismatch: internal,
  signature_reused: () => invalidSignature("Signature was already used for another request"),
  idempotency_key_reused: () => invalidSignature("Signature was already used"),
  reference_reused: () =>
    invalidParameter("reference_id", "was already used with other parameters"),
  duplicate_bill: internal,
  already_exists: ({ object, field }) =>
    object === "group"
      ? refused("GROUP_ALREADY_EXISTS", "The merchant already has a loyalty group")
      : invalidParameter(FIELDS[object] ?? field, "is already in use"),
  already_assigned: internal,
  limit_reached: ({ limit }) =>
    refused("SITE_LIMIT_REACHED", "Maximum number of sites reached for your plan", { limit }),
  voucher_used: () => refused("VOUCHER_ALREADY_REDEEMED", "Voucher has already been used"),
  voucher_not_active: () => refused("VOUCHER_NOT_ACTIVE", "Voucher is not active"),
  voucher_expired: () => refused("VOUCHER_EXPIRED", "Voucher has passed expiry date"),
  vouchers_refused: internal,
  minimum_not_met: ({ minimum, currency }) =>
    refused("MIN_PURCHASE_NOT_MET", "Purchase amount is below the voucher's minimum", {
      min_purchase: Number(formatDecimal(minimum, currencyScale(currency))),
    }),
  one_time_password_invalid: () => invalidParameter("otp", "is not valid"),
  already_reversed: () =>
    refused("TRANSACTION_ALREADY_REVERSED", "Transaction has already been reversed"),
  already_voided: internal,
  not_a_member: internal,
  insufficient_balance: ({ requested, available }) => ({
    status: 400,
    code: "INSUFFICIENT_BALANCE",
    message: "Customer does not have enough points to complete this redemption",
    details: {
      requested: wholePoints(requested),
      available: wholePoints(available),
      shortfall: wholePoints(requested) - wholePoints(available),
    },
  }),
  balance_limit: () => invalidParameter("points", "would exceed the largest possible balance"),
  message_undeliverable: internal,
  customer_busy: internal,
} satisfies Table;

/** An error in KiriMel's documented body; `details` is always there. */
export function failure<C extends LoyaltyErrorCode>(http: Http, error: ErrorOf<C>): Response {
  const entry = TABLE[error.code as C] as (error: ErrorOf<C>) => KirimelError;
  return send(http, entry(error));
}

/** The fixed answer to what nobody expected. */
export function internalFailure(http: Http): Response {
  return send(http, internal());
}

function send(http: Http, error: KirimelError): Response {
  const { code, message, details = {} } = error;
  const topLevel = wantsTopLevelMessage(http) ? { message } : {};
  const body = { success: false, error: { code, message, details }, ...topLevel };
  return answer(body, error.status, error.headers);
}

/** Settings that cannot be read are the error that is being told: it must not fail over them. */
function wantsTopLevelMessage(http: Http): boolean {
  try {
    return settingsOf(http.env).kirimelTopLevelMessage;
  } catch {
    return false;
  }
}

/** Any KiriMel answer: JSON with its charset, never an empty body. */
export function answer(
  body: object,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
  });
}

/** A result's error or its body. */
export function respond(
  http: Http,
  result:
    | { readonly ok: true; readonly value: object }
    | { readonly ok: false; readonly error: LoyaltyError },
): Response {
  return result.ok ? answer(result.value) : failure(http, result.error);
}
