import type { ErrorOf, Fault, LoyaltyError, LoyaltyErrorCode } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import type { Http } from "../../http/request.ts";
import type { Format } from "../../http/documents.ts";
import { formatOf } from "./formats.ts";
import type { Content } from "../../http/documents.ts";
import { xmlTexts } from "../../http/documents.ts";

/** An error as Imonggo's clients see it. */
interface ImonggoError {
  readonly status: 401 | 403 | 404 | 405 | 422 | 500 | 503;
  readonly texts: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

type Table = { readonly [C in LoyaltyErrorCode]: (error: ErrorOf<C>) => ImonggoError };

const refused = (...texts: readonly string[]) => ({ status: 422, texts }) as const;

const notFound = (): ImonggoError => ({ status: 404, texts: ["Not Found"] });

/** Clients take it for the end of the token, so it is the answer to nothing else. */
const unauthorized = (): ImonggoError => ({
  status: 401,
  texts: ["Unauthorized"],
  headers: { "WWW-Authenticate": 'Basic realm="Application"' },
});

const forbidden = (): ImonggoError => ({ status: 403, texts: ["Forbidden"] });

const internal = (): ImonggoError => ({ status: 500, texts: ["Internal Server Error"] });

const busy = (text: string, seconds: number): ImonggoError => ({
  status: 503,
  texts: [text],
  headers: { "Retry-After": String(seconds) },
});

const taken = (field: string): ImonggoError => refused(`${titleOf(field)} has already been taken`);

const TABLE = {
  not_found: notFound,
  erased: notFound,
  method_not_allowed: ({ allowed }) => ({
    status: 405,
    texts: ["Method Not Allowed"],
    headers: { Allow: allowed.join(", ") },
  }),
  key_missing: unauthorized,
  key_unknown: unauthorized,
  key_expired: unauthorized,
  body_too_large: () => refused("Request body is too large"),
  signature_invalid: internal,
  clock_skew: internal,
  staff_credentials_invalid: notFound,
  site_required: () => refused("Branch can't be blank"),
  site_not_allowed: forbidden,
  scope_missing: forbidden,
  rate_limited: ({ retryAfter }) => busy("Rate limit exceeded", retryAfter),
  merchant_not_named: internal,
  invalid_json: () => refused("Request body is invalid"),
  validation_failed: ({ faults }) => refused(...faults.map(faultText)),
  contact_required: internal,
  demo_refused: internal,
  if_match_required: internal,
  etag_mismatch: internal,
  signature_reused: internal,
  idempotency_key_reused: internal,
  reference_reused: () => taken("reference"),
  duplicate_bill: () => taken("reference"),
  already_exists: ({ field }) => taken(field),
  already_assigned: internal,
  limit_reached: internal,
  voucher_used: internal,
  voucher_not_active: internal,
  voucher_expired: internal,
  vouchers_refused: internal,
  minimum_not_met: internal,
  one_time_password_invalid: internal,
  already_reversed: internal,
  already_voided: () => refused("Invoice has already been voided"),
  not_a_member: () => refused("Customer is not a member"),
  insufficient_balance: () => refused("Insufficient points"),
  balance_limit: () => refused("Amount is too large"),
  message_undeliverable: internal,
  customer_busy: () => busy("Too many changes at once", 1),
} satisfies Table;

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

/** An error in the documented body of the request's format. */
export function failure<C extends LoyaltyErrorCode>(http: Http, error: ErrorOf<C>): Response {
  const entry = TABLE[error.code as C] as (error: ErrorOf<C>) => ImonggoError;
  return show(formatOf(http), entry(error));
}

/** The fixed answer to what nobody expected. */
export function internalFailure(http: Http): Response {
  return show(formatOf(http), internal());
}

/** A result's error or its content. */
export function respond(
  http: Http,
  result: Result<Content, LoyaltyError>,
  status: 200 | 201 = 200,
): Response {
  if (!result.ok) return failure(http, result.error);
  const format = formatOf(http);
  return answer(format, result.value(format), status);
}

function show(format: Format, { texts, status, headers }: ImonggoError): Response {
  const body =
    format === "json"
      ? JSON.stringify({ error: texts.join(", ") })
      : xmlTexts("errors", "error", texts);
  return answer(format, body, status, headers);
}

function answer(
  format: Format,
  body: string,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const type = { "Content-Type": `application/${format}; charset=utf-8` };
  return new Response(body, { status, headers: { ...type, ...headers } });
}
