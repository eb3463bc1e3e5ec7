import type { Unit } from "./amount.ts";
import type { Failure } from "./result.ts";
import { err } from "./result.ts";

/** One thing that is wrong with one field of a request. */
export interface Fault {
  /** JSON pointer into the request (RFC 6901), e.g. `/points`. */
  readonly pointer: string;
  /** Stable name of the fault: `required`, `invalid`, `too_long`, `too_large`, `unknown`, … */
  readonly code: string;
  /** What a person should change, without the value that was sent. */
  readonly detail: string;
}

/** The kinds of thing that a request can fail to find. */
export type Missing =
  | "route"
  | "merchant"
  | "site"
  | "key"
  | "staff"
  | "program"
  | "customer"
  | "customer_type"
  | "entry"
  | "voucher"
  | "voucher_series"
  | "membership"
  | "membership_program"
  | "invoice"
  | "webhook_endpoint"
  | "event"
  | "rebuild";

/** The kinds of thing that can exist only once. */
export type Unique =
  | "merchant"
  | "group"
  | "site"
  | "key"
  | "staff"
  | "program"
  | "customer"
  | "customer_type"
  | "voucher"
  | "voucher_series"
  | "membership_program";

/** What can be wrong with vouchers that are redeemed together, in the order in which it is told. */
export const VOUCHER_REFUSALS = [
  "unknown",
  "voided",
  "foreign",
  "redeemed",
  "early",
  "expired",
] as const;

/** See {@link VOUCHER_REFUSALS}. */
export type VoucherRefusal = (typeof VOUCHER_REFUSALS)[number];

/** Errors that a customer's status refuses with, wherever something is booked or used. */
export const STATUS_ERRORS = ["customer_blocked", "customer_inactive"] as const;

/**
 * Every expected failure, told apart by `code`. The members stand in the order in which they are
 * checked: of two faults in one request the earlier member is the answer. Each dialect maps every
 * code in one total table.
 */
export type LoyaltyError =
  | { readonly code: "not_found"; readonly object: Missing }
  /** There was such a customer, and the personal data is gone. */
  | { readonly code: "erased" }
  | { readonly code: "method_not_allowed"; readonly allowed: readonly string[] }
  | { readonly code: "key_missing" }
  | { readonly code: "key_unknown" }
  | { readonly code: "key_expired" }
  | { readonly code: "body_too_large"; readonly limit: number }
  | { readonly code: "signature_invalid"; readonly reason: "missing" | "malformed" | "mismatch" }
  | { readonly code: "clock_skew"; readonly serverTime: number }
  | { readonly code: "staff_credentials_invalid" }
  | { readonly code: "site_required" }
  | { readonly code: "site_not_allowed" }
  | { readonly code: "scope_missing"; readonly scope: string }
  /** What is live is out of a test key's reach. */
  | { readonly code: "mode_mismatch" }
  | {
      readonly code: "rate_limited";
      /** Seconds after which it is worth trying again. */
      readonly retryAfter: number;
    }
  | { readonly code: "merchant_not_named" }
  | { readonly code: "invalid_json" }
  | { readonly code: "validation_failed"; readonly faults: readonly Fault[] }
  /** The change would leave a customer neither phone nor e-mail. */
  | { readonly code: "contact_required" }
  | { readonly code: "demo_refused" }
  | { readonly code: "if_match_required" }
  | { readonly code: "etag_mismatch" }
  | { readonly code: "signature_reused" }
  | { readonly code: "idempotency_key_reused" }
  | { readonly code: "reference_reused"; readonly reference: string }
  | {
      readonly code: "duplicate_bill";
      /** The till's own number. */
      readonly number: string;
    }
  | { readonly code: "already_exists"; readonly object: Unique; readonly field: string }
  | { readonly code: "already_assigned" }
  /** The key was revoked or has expired: nothing can follow it. */
  | { readonly code: "key_ended" }
  | {
      readonly code: "limit_reached";
      readonly object: "site" | "webhook_endpoint" | "webhook_secret";
      readonly limit: number;
    }
  /** The merchant has blocked the customer: nothing is earned, spent or used. */
  | { readonly code: "customer_blocked" }
  /** The customer is a member no more, or not yet: nothing new is booked. */
  | { readonly code: "customer_inactive" }
  | { readonly code: "voucher_used" }
  | {
      readonly code: "voucher_not_active";
      /** Withdrawn by the merchant, or not good yet. */
      readonly reason: "voided" | "early";
    }
  | { readonly code: "voucher_expired" }
  | {
      readonly code: "vouchers_refused";
      /** What is wrong with each of `codes`, which were to be redeemed together. */
      readonly reason: VoucherRefusal;
      readonly codes: readonly string[];
    }
  | {
      readonly code: "minimum_not_met";
      /** In the currency's smallest unit. */
      readonly minimum: number;
      readonly currency: string;
    }
  | { readonly code: "one_time_password_invalid" }
  | { readonly code: "already_reversed"; readonly seq: number }
  | { readonly code: "already_voided" }
  | {
      readonly code: "over_reversed";
      readonly seq: number;
      readonly unit: Unit;
      /** In the unit's smallest step, like `available`: what is left to be taken back. */
      readonly requested: number;
      readonly available: number;
    }
  /** Only a redemption can be taken back in parts. */
  | { readonly code: "not_divisible"; readonly seq: number }
  /** The customer is in no group that spends points. */
  | { readonly code: "not_a_member" }
  | {
      readonly code: "insufficient_balance";
      readonly unit: Unit;
      /** In the unit's smallest step, like `available`. */
      readonly requested: number;
      readonly available: number;
    }
  | { readonly code: "balance_limit"; readonly unit: Unit }
  | { readonly code: "message_undeliverable" }
  | { readonly code: "customer_busy" };

/** The discriminant of {@link LoyaltyError}. */
export type LoyaltyErrorCode = LoyaltyError["code"];

/** The member of {@link LoyaltyError} with that code. */
export type ErrorOf<C extends LoyaltyErrorCode> = Extract<LoyaltyError, { code: C }>;

/** A name as a part of a JSON pointer (RFC 6901 §3). */
export function pointerPart(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** A validation failure of a single field. */
export function invalid(pointer: string, code: string, detail: string): Failure<LoyaltyError> {
  return err({ code: "validation_failed", faults: [{ pointer, code, detail }] });
}

/** The failure for a thing that does not exist or is another merchant's: both look alike. */
export function notFound(object: Missing): Failure<LoyaltyError> {
  return err({ code: "not_found", object });
}
