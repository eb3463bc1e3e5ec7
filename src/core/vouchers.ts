import { divide } from "./amount.ts";
import type { LoyaltyError, VoucherRefusal } from "./errors.ts";
import { notFound, VOUCHER_REFUSALS } from "./errors.ts";
import type { Result } from "./result.ts";
import { err, ok } from "./result.ts";

/** Every kind of voucher. */
export const VOUCHER_KINDS = ["percent", "amount", "bogo"] as const;

/** What a voucher gives: a share of the purchase, a fixed amount, or a second item for free. */
export type VoucherKind = (typeof VOUCHER_KINDS)[number];

/** Every state that a voucher can be in. */
export const VOUCHER_STATUSES = ["active", "redeemed", "voided"] as const;

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
  readonly status: (typeof VOUCHER_STATUSES)[number];
  /** Whom it was issued to; null is anybody's. */
  readonly customer: string | null;
}

/** The order in which faults are looked for, unless a dialect documents another. */
export const FAULT_ORDER = ["redeemed", "voided", "early", "expired"] as const;

/** What makes a voucher no good, whoever redeems it. */
export type VoucherFault = (typeof FAULT_ORDER)[number];

/** Who redeems what, and when. */
export interface Redemption {
  /** Null where the till names nobody: then a voucher is good whoever brings it. */
  readonly customer: string | null;
  /** The purchase in the currency's smallest unit; null when the till does not tell. */
  readonly purchase: number | null;
  readonly currency: string;
  /** Business day of the redemption in the merchant's zone, `YYYY-MM-DD`. */
  readonly day: string;
  readonly order?: readonly VoucherFault[];
}

/** What a redemption comes to; null where the purchase is not known. */
export interface Discount {
  readonly discount: number | null;
  readonly remaining: number | null;
}

/** Hundred percent in hundredths of a percent. */
const WHOLE = 10_000n;

/**
 * Judges a redemption and computes its discount, rounded half up. Of several faults the first in
 * the order is told; then somebody else's voucher (as if it did not exist), then the minimum.
 */
export function judgeRedemption(
  terms: VoucherTerms,
  state: VoucherState,
  redemption: Redemption,
): Result<Discount, LoyaltyError> {
  const { purchase, currency, customer, order = FAULT_ORDER } = redemption;
  const found = faultsOf(terms, state, redemption.day);
  const fault = order.find((candidate) => found[candidate]);
  if (fault !== undefined) return err(errorOf(fault));
  if (isForeign(state, customer)) return notFound("voucher");
  const minimum = terms.minPurchase ?? 0;
  if (minimum > 0 && (purchase ?? 0) < minimum) {
    return err({ code: "minimum_not_met", minimum, currency });
  }
  return ok(discountFor(terms, purchase));
}

/** One of several codes that are redeemed together. */
export interface ListedVoucher {
  readonly code: string;
  /** Null: there is no voucher of that code. */
  readonly voucher: { readonly terms: VoucherTerms; readonly state: VoucherState } | null;
}

/**
 * Judges vouchers that are redeemed together on a business day, all or none (`vouchers_refused`):
 * the first fault in the order is told, with every code that has it. Where a customer is named,
 * somebody else's voucher is none. A minimum purchase is not asked for: nobody tells the purchase.
 */
export function judgeTogether(
  listed: readonly ListedVoucher[],
  customer: string | null,
  day: string,
): Result<null, LoyaltyError> {
  const judged = listed.map(({ code, voucher }) => ({
    code,
    faults: voucher === null ? UNKNOWN : listFaults(voucher, customer, day),
  }));
  for (const reason of VOUCHER_REFUSALS) {
    const codes = judged.filter(({ faults }) => faults[reason]).map(({ code }) => code);
    if (codes.length > 0) return err({ code: "vouchers_refused", reason, codes });
  }
  return ok(null);
}

type ListFaults = Readonly<Partial<Record<VoucherRefusal, boolean>>>;

const UNKNOWN: ListFaults = { unknown: true };

function listFaults(
  { terms, state }: NonNullable<ListedVoucher["voucher"]>,
  customer: string | null,
  day: string,
): ListFaults {
  return { ...faultsOf(terms, state, day), foreign: isForeign(state, customer) };
}

function isForeign(state: VoucherState, customer: string | null): boolean {
  return state.customer !== null && customer !== null && state.customer !== customer;
}

function faultsOf(
  { validFrom, validUntil }: VoucherTerms,
  { status }: VoucherState,
  day: string,
): Readonly<Record<VoucherFault, boolean>> {
  return {
    redeemed: status === "redeemed",
    voided: status === "voided",
    early: validFrom !== null && day < validFrom,
    expired: validUntil !== null && day > validUntil,
  };
}

function errorOf(fault: VoucherFault): LoyaltyError {
  if (fault === "redeemed") return { code: "voucher_used" };
  if (fault === "expired") return { code: "voucher_expired" };
  return { code: "voucher_not_active", reason: fault };
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

/** What fresh codes begin with where the series says nothing and has no key. */
export const USUAL_PREFIX = "VOUCHER_";

/**
 * What the fresh codes of a series begin with. Null: with nothing, and tills, which know the series
 * by its key, read twelve letters and digits exactly as they are.
 */
export function prefixOf(series: {
  readonly key: string | null;
  readonly codePrefix: string | null;
}): string | null {
  return series.codePrefix ?? (series.key === null ? USUAL_PREFIX : null);
}

/**
 * The stored codes that a typed text may mean: the text itself, with the usual prefix, and, for
 * codes made here, in upper case, with the usual prefix too. An imported code matches only letter
 * by letter.
 */
export function codeCandidates(text: string): {
  readonly exact: readonly string[];
  readonly generated: readonly string[];
} {
  const trimmed = text.trim();
  const upper = trimmed.toUpperCase();
  return { exact: [trimmed, USUAL_PREFIX + trimmed], generated: [upper, USUAL_PREFIX + upper] };
}
