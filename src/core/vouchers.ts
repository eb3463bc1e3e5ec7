import { divide } from "./amount.ts";
import type { LoyaltyError } from "./errors.ts";
import { notFound } from "./errors.ts";
import type { Result } from "./result.ts";
import { err, ok } from "./result.ts";

/** What a voucher gives: a share of the purchase, a fixed amount, or a second item for free. */
export type VoucherKind = "percent" | "amount" | "bogo";

/** A voucher's worth and conditions. Amounts are in the currency's smallest unit. */
export interface VoucherTerms {
  readonly kind: VoucherKind;
  /** Hundredths of a percent for `percent`; an amount for `amount`; unused for `bogo`. */
  readonly value: number;
  readonly minPurchase: number | null;
  readonly maxDiscount: number | null;
  /** First and last good business day, `YYYY-MM-DD`. */
  readonly validFrom: string | null;
  readonly validUntil: string | null;
}

/** The state of one voucher, as far as a redemption judges it. */
export interface VoucherState {
  readonly status: "active" | "redeemed" | "voided";
  /** Whom it was issued to; null is anybody's. */
  readonly customer: string | null;
}

/** Who redeems what, and when. */
export interface Redemption {
  readonly customer: string;
  /** The purchase in the currency's smallest unit; null when the till does not tell. */
  readonly purchase: number | null;
  readonly currency: string;
  /** Business day of the redemption in the merchant's zone, `YYYY-MM-DD`. */
  readonly day: string;
}

/** What a redemption comes to; null where the purchase is not known. */
export interface Discount {
  readonly discount: number | null;
  readonly remaining: number | null;
}

/** Hundred percent in hundredths of a percent. */
const WHOLE = 10_000n;

/**
 * Judges a redemption and computes its discount, rounded half up. The order of the checks is fixed:
 * used, voided, not yet good, expired, somebody else's (as if it did not exist), minimum purchase.
 */
export function judgeRedemption(
  terms: VoucherTerms,
  state: VoucherState,
  redemption: Redemption,
): Result<Discount, LoyaltyError> {
  if (state.status === "redeemed") return err({ code: "voucher_used" });
  if (state.status === "voided") return err({ code: "voucher_not_active" });
  const { day, purchase, currency } = redemption;
  if (terms.validFrom !== null && day < terms.validFrom) return err({ code: "voucher_not_active" });
  if (terms.validUntil !== null && day > terms.validUntil) return err({ code: "voucher_expired" });
  if (state.customer !== null && state.customer !== redemption.customer) return notFound("voucher");
  const minimum = terms.minPurchase ?? 0;
  if (minimum > 0 && (purchase ?? 0) < minimum) {
    return err({ code: "minimum_not_met", minimum, currency });
  }
  return ok(discountFor(terms, purchase));
}

function discountFor(terms: VoucherTerms, purchase: number | null): Discount {
  const { kind, value, maxDiscount } = terms;
  if (kind === "bogo") return { discount: purchase === null ? null : 0, remaining: purchase };
  if (kind === "amount") {
    const discount = purchase === null ? value : Math.min(value, purchase);
    return { discount, remaining: purchase === null ? null : purchase - discount };
  }
  if (purchase === null) return { discount: null, remaining: null };
  const share = Number(divide(BigInt(purchase) * BigInt(value), WHOLE, "half_up"));
  const discount = Math.min(share, maxDiscount ?? share, purchase);
  return { discount, remaining: purchase - discount };
}

/** Prefix of the codes that are made here. */
export const CODE_PREFIX = "VOUCHER_";

/**
 * The stored codes that a typed text may mean: the text itself, with the prefix, and, for codes
 * made here, in upper case with the prefix. An imported code matches only letter by letter.
 */
export function codeCandidates(text: string): {
  readonly exact: readonly string[];
  readonly generated: string;
} {
  const trimmed = text.trim();
  const upper = trimmed.toUpperCase();
  const bare = upper.startsWith(CODE_PREFIX) ? upper.slice(CODE_PREFIX.length) : upper;
  return { exact: [trimmed, CODE_PREFIX + trimmed], generated: CODE_PREFIX + bare };
}
