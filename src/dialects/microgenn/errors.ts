import type { Fault } from "../../core/errors.ts";
import type { CodesOf, ErrorTable } from "../../http/calls.ts";
import type { CALLS } from "./calls.ts";

/** An error as Microgenn's clients see it. */
export interface MicrogennError {
  readonly status: 400 | 401 | 403 | 404 | 405 | 429 | 500;
  readonly error: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const refused = (error: string): MicrogennError => ({ status: 400, error });

/** A wrong key, another merchant's and an unknown slug must look alike. */
const unauthenticated = (): MicrogennError => ({
  status: 401,
  error: "Missing or invalid API key",
});

/** The fixed answer to what nobody expected. */
export const INTERNAL: MicrogennError = { status: 500, error: "Server error" };

const internal = (): MicrogennError => INTERNAL;

const NOT_FOUND: Readonly<Record<string, string>> = {
  customer: "Customer not found",
  voucher: "Coupon not found",
};

/** Every error that a call declares. */
export const TABLE = {
  not_found: ({ object }) => ({ status: 404, error: NOT_FOUND[object] ?? "Not found" }),
  method_not_allowed: ({ allowed }) => ({
    status: 405,
    error: "Method not allowed",
    headers: { Allow: allowed.join(", ") },
  }),
  key_missing: unauthenticated,
  key_unknown: unauthenticated,
  key_expired: unauthenticated,
  body_too_large: () => refused("Request body too large"),
  scope_missing: () => ({ status: 403, error: "API key missing required scope" }),
  rate_limited: ({ retryAfter }) => ({
    status: 429,
    error: "Too many requests",
    headers: { "Retry-After": String(retryAfter) },
  }),
  invalid_json: () => refused("Invalid JSON"),
  validation_failed: ({ faults: [fault] }) =>
    refused(fault === undefined ? "Invalid request" : faultText(fault)),
  reference_reused: () => refused("external_ref was used for another request"),
  customer_blocked: () => refused("Customer is blocked"),
  customer_inactive: () => refused("Customer is inactive"),
  voucher_used: () => refused("Coupon is used"),
  voucher_not_active: ({ reason }) =>
    refused(reason === "voided" ? "Coupon is cancelled" : "Coupon is inactive"),
  voucher_expired: () => refused("Coupon expired"),
  minimum_not_met: () => refused("Coupon needs a minimum purchase"),
  one_time_password_invalid: () => refused("Invalid or expired OTP"),
  insufficient_balance: () => refused("Insufficient points"),
  balance_limit: () => refused("amount is too large"),
  message_undeliverable: internal,
  customer_busy: internal,
} satisfies ErrorTable<CodesOf<typeof CALLS>, MicrogennError>;

/** `amount is required`, `items[0].amount must be …`; a sentence of its own stands by itself. */
function faultText({ pointer, detail }: Fault): string {
  const [field = "", ...deeper] = pointer.slice(1).split("/");
  const path = deeper.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join("");
  return field === "" || /^[A-Z]/.test(detail) ? detail : `${field}${path} ${detail}`;
}
