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

const internal = (): KirimelError => ({
  status: 500,
  code: "INTERNAL_ERROR",
  message: "An internal error occurred",
});

const NOT_FOUND: Readonly<Record<string, Pick<KirimelError, "code" | "message">>> = {
  customer: { code: "CUSTOMER_NOT_FOUND", message: "Customer ID does not exist" },
  entry: { code: "TRANSACTION_NOT_FOUND", message: "Transaction does not exist" },
};

const TABLE = {
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
  merchant_not_named: invalidKey,
  invalid_json: () => invalidParameter(null, "body is malformed"),
  validation_failed: ({ faults }) => {
    const [fault] = faults;
    const field = fault === undefined || fault.pointer === "" ? null : fault.pointer.slice(1);
    return invalidParameter(field, fault?.detail ?? "is not valid");
  },
  demo_refused: internal,
  signature_reused: () => invalidSignature("Signature was already used for another request"),
  idempotency_key_reused: () => invalidSignature("Signature was already used"),
  reference_reused: () =>
    invalidParameter("reference_id", "was already used with other parameters"),
  already_exists: ({ field }) => invalidParameter(field, "is already in use"),
  already_reversed: () => ({
    status: 400,
    code: "TRANSACTION_ALREADY_REVERSED",
    message: "Transaction has already been reversed",
  }),
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
  const topLevel = settingsOf(http.env).kirimelTopLevelMessage ? { message } : {};
  const body = { success: false, error: { code, message, details }, ...topLevel };
  return answer(body, error.status, error.headers);
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
