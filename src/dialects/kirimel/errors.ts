import { currencyScale, formatDecimal } from "../../core/amount.ts";
import type { CodesOf, ErrorTable } from "../../http/calls.ts";
import { wholePoints } from "../../http/wire/amounts.ts";
import type { OWN_ERRORS } from "./authentication.ts";
import type { CALLS } from "./calls.ts";

/** An error as KiriMel's clients see it. */
export interface KirimelError {
  readonly status: 400 | 401 | 404 | 405 | 429 | 500;
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

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

/** What KiriMel calls the field that must be unique, by object and field. */
const FIELDS: Readonly<Record<string, string>> = {
  "site code": "site_code",
  "customer qr": "qr_code",
};

/** The fixed answer to what nobody expected. */
export const INTERNAL: KirimelError = {
  status: 500,
  code: "INTERNAL_ERROR",
  message: "An internal error occurred",
};

const NOT_FOUND: Readonly<Record<string, Pick<KirimelError, "code" | "message">>> = {
  customer: { code: "CUSTOMER_NOT_FOUND", message: "Customer ID does not exist" },
  voucher: { code: "VOUCHER_NOT_FOUND", message: "Voucher code does not exist" },
  voucher_series: { code: "BATCH_NOT_FOUND", message: "Voucher batch does not exist" },
  entry: { code: "TRANSACTION_NOT_FOUND", message: "Transaction does not exist" },
};

/** Every error that a call declares. */
export const TABLE = {
  not_found: ({ object }) => ({
    status: 404,
    code: NOT_FOUND[object]?.code ?? "NOT_FOUND",
    message: NOT_FOUND[object]?.message ?? "Resource does not exist",
  }),
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
  // KiriMel documents no 403: a key that may not do something is not valid for it.
  scope_missing: invalidKey,
  // A body with a top-level retry_after would make the PHP SDK sleep and call it a success.
  rate_limited: ({ retryAfter }) => ({
    status: 429,
    code: "RATE_LIMIT_EXCEEDED",
    message: "Rate limit exceeded",
    headers: { "Retry-After": String(retryAfter) },
  }),
  invalid_json: () => invalidParameter(null, "body is malformed"),
  validation_failed: ({ faults }) => {
    const [fault] = faults;
    const field = fault === undefined || fault.pointer === "" ? null : fault.pointer.slice(1);
    return invalidParameter(field, fault?.detail ?? "is not valid");
  },
  signature_reused: () => invalidSignature("Signature was already used for another request"),
  reference_reused: () =>
    invalidParameter("reference_id", "was already used with other parameters"),
  already_exists: ({ object, field }) =>
    object === "group"
      ? refused("GROUP_ALREADY_EXISTS", "The merchant already has a loyalty group")
      : invalidParameter(FIELDS[`${object} ${field}`] ?? field, "is already in use"),
  limit_reached: ({ limit }) =>
    refused("SITE_LIMIT_REACHED", "Maximum number of sites reached for your plan", { limit }),
  customer_blocked: () => refused("CUSTOMER_BLOCKED", "Customer is blocked"),
  customer_inactive: () => refused("CUSTOMER_INACTIVE", "Customer is not active"),
  voucher_used: () => refused("VOUCHER_ALREADY_REDEEMED", "Voucher has already been used"),
  voucher_not_active: () => refused("VOUCHER_NOT_ACTIVE", "Voucher is not active"),
  voucher_expired: () => refused("VOUCHER_EXPIRED", "Voucher has passed expiry date"),
  minimum_not_met: ({ minimum, currency }) =>
    refused("MIN_PURCHASE_NOT_MET", "Purchase amount is below the voucher's minimum", {
      min_purchase: Number(formatDecimal(minimum, currencyScale(currency))),
    }),
  already_reversed: () =>
    refused("TRANSACTION_ALREADY_REVERSED", "Transaction has already been reversed"),
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
  customer_busy: () => INTERNAL,
} satisfies ErrorTable<CodesOf<typeof CALLS, typeof OWN_ERRORS>, KirimelError>;
