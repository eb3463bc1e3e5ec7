import type { ErrorOf, Fault, LoyaltyError, LoyaltyErrorCode } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import type { Http } from "../../http/request.ts";

/** An error as Microgenn's clients see it. */
interface MicrogennError {
  readonly status: 400 | 401 | 403 | 404 | 405 | 429 | 500;
  readonly error: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Table = { readonly [C in LoyaltyErrorCode]: (error: ErrorOf<C>) => MicrogennError };

const refused = (error: string): MicrogennError => ({ status: 400, error });

/** A wrong key, another merchant's and an unknown slug must look alike. */
const unauthenticated = (): MicrogennError => ({
  status: 401,
  error: "Missing or invalid API key",
});

const internal = (): MicrogennError => ({ status: 500, error: "Server error" });

const NOT_FOUND: Readonly<Record<string, string>> = {
  customer: "Customer not found",
  voucher: "Coupon not found",
};

const TABLE = {
  not_found: ({ object }) => ({ status: 404, error: NOT_FOUND[object] ?? "Not found" }),
  erased: () => ({ status: 404, error: "Customer not found" }),
  method_not_allowed: ({ allowed }) => ({
    status: 405,
    error: "Method not allowed",
    headers: { Allow: allowed.join(", ") },
  }),
  key_missing: unauthenticated,
  key_unknown: unauthenticated,
  key_expired: unauthenticated,
  body_too_large: () => refused("Request body too large"),
  signature_invalid: unauthenticated,
  clock_skew: unauthenticated,
  staff_credentials_invalid: internal,
  site_required: internal,
  site_not_allowed: internal,
  scope_missing: () => ({ status: 403, error: "API key missing required scope" }),
  rate_limited: ({ retryAfter }) => ({
    status: 429,
    error: "Too many requests",
    headers: { "Retry-After": String(retryAfter) },
  }),
  merchant_not_named: unauthenticated,
  invalid_json: () => refused("Invalid JSON"),
  validation_failed: ({ faults: [fault] }) =>
    refused(fault === undefined ? "Invalid request" : faultText(fault)),
  contact_required: internal,
  demo_refused: internal,
  if_match_required: internal,
  etag_mismatch: internal,
  signature_reused: unauthenticated,
  idempotency_key_reused: () => refused("external_ref was used for another request"),
  reference_reused: () => refused("external_ref was used for another request"),
  duplicate_bill: internal,
  already_exists: internal,
  already_assigned: internal,
  limit_reached: internal,
  voucher_used: () => refused("Coupon is used"),
  voucher_not_active: ({ reason }) =>
    refused(reason === "voided" ? "Coupon is cancelled" : "Coupon is inactive"),
  voucher_expired: () => refused("Coupon expired"),
  vouchers_refused: internal,
  minimum_not_met: () => refused("Coupon needs a minimum purchase"),
  one_time_password_invalid: () => refused("Invalid or expired OTP"),
  already_reversed: internal,
  already_voided: internal,
  not_a_member: internal,
  insufficient_balance: () => refused("Insufficient points"),
  balance_limit: () => refused("amount is too large"),
  message_undeliverable: internal,
  customer_busy: internal,
} satisfies Table;

/** `amount is required`, `items[0].amount must be …`; a sentence of its own stands by itself. */
function faultText({ pointer, detail }: Fault): string {
  const [field = "", ...deeper] = pointer.slice(1).split("/");
  const path = deeper.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join("");
  return field === "" || /^[A-Z]/.test(detail) ? detail : `${field}${path} ${detail}`;
}

/** An error in Microgenn's documented body. */
export function failure<C extends LoyaltyErrorCode>(http: Http, error: ErrorOf<C>): Response {
  const entry = TABLE[error.code as C] as (error: ErrorOf<C>) => MicrogennError;
  const { status, error: text, headers } = entry(error);
  return answer(http, { error: text }, status, headers);
}

/** The fixed answer to what nobody expected. */
export function internalFailure(http: Http): Response {
  const { status, error } = internal();
  return answer(http, { error }, status);
}

/** A result's error or its body. */
export function respond(http: Http, result: Result<object, LoyaltyError>): Response {
  return result.ok ? answer(http, result.value) : failure(http, result.error);
}

/** Any answer. What a sandbox key gets says so in its last key. */
function answer(
  http: Http,
  body: object,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const marked = http.get("mode") === "test" ? { ...body, sandbox: true } : body;
  return new Response(JSON.stringify(marked), {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
  });
}
