import type { Money } from "../../core/amount.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Reference } from "../../core/ledger/commands.ts";
import type { BillLine, LotChange, Remarks, VoucherGrant } from "../../core/ledger/entries.ts";
import { grantsForPurchase } from "../../core/purchases/granting.ts";
import { eligibleAmount } from "../../core/purchases/pricing.ts";
import type { EarningRule } from "../../core/purchases/purchase.ts";
import { BY_PROGRAM } from "../../core/purchases/purchase.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Outcome } from "../../wallet/client.ts";
import { businessDayOf, expiryOf } from "../calendar.ts";
import type { Context } from "../context.ts";
import { bookCommand } from "../ledger/wallets.ts";
import type { SeriesGrants } from "../vouchers/granted.ts";
import { keepGrants, makeGrants } from "../vouchers/granted.ts";
import type { Claim } from "./claims.ts";
import { claimReference, releaseReference } from "./claims.ts";

/** What is bought, and when. */
export interface Bought {
  /** Negative for a return. */
  readonly purchase: Money;
  /** At most `MAX_BILL_LINES`; their sum need not be the purchase. */
  readonly lines: readonly BillLine[];
  /** When it happened at the till; null is now. */
  readonly occurredAt: number | null;
}

/**
 * What a till's number stands for. `nothing`: every call is a purchase of its own. `customer`: the
 * reference is one purchase of this customer, and its repeat is told the first answer. `merchant`:
 * the number is one purchase of the whole merchant, and coming again with it is refused.
 */
export type Uniqueness =
  | { readonly within: "nothing" }
  | { readonly within: "customer"; readonly reference: Reference }
  | { readonly within: "merchant"; readonly number: string };

/** A purchase as a dialect hands it over. */
export interface PurchaseInput extends Bought {
  /** `cus_` id. */
  readonly customer: string;
  /** The till's own number, to be shown again; null when it told none. */
  readonly number: string | null;
  readonly unique: Uniqueness;
  /** What of the purchase could earn points, e.g. without taxes; absent: all of it. */
  readonly base?: Money;
  /** What of that was paid with points and earns none, in the currency's smallest unit. */
  readonly paidWithPoints?: number;
  /** Absent: the programme's. */
  readonly earning?: EarningRule;
  readonly remarks: Remarks;
  /** What was offered when the purchase was kept; absent: what is offered now. */
  readonly terms?: PurchaseTerms;
}

/**
 * What a purchase is offered before the wallet is asked. Plain data: whoever has the purchase
 * booked, and however often, tells the wallet the same.
 */
export interface PurchaseTerms {
  /** Business day, `YYYY-MM-DD`. */
  readonly day: string;
  /** When its points expire. */
  readonly expiresAt: number;
  /** Absent: none. */
  readonly stamps?: LotChange;
  /** With ids and codes. Absent: none. */
  readonly vouchers?: readonly VoucherGrant[];
}

/** Terms, with the series of their vouchers. */
export interface Offer {
  readonly terms: PurchaseTerms;
  readonly series: readonly SeriesGrants[];
}

/** A purchase as it is booked. The receipt of a repeat tells what the first one was granted. */
export interface RecordedPurchase extends Outcome, Offer {}

/** Name space of the numbers that stand for one purchase in the whole merchant. */
const UNIQUE = "give";

/**
 * Records a purchase and books what it earns and grants: points, judging the tier after them,
 * stamps and vouchers; a negative one takes points back and grants nothing. `duplicate_bill` for a
 * number that is taken in the whole merchant, also by the same purchase; `balance_limit` when it is
 * more than a balance can hold; `insufficient_balance` for a return of more than is left, where the
 * programme allows no debt.
 */
export async function recordPurchase(
  ctx: Context,
  input: PurchaseInput,
): Promise<Result<RecordedPurchase, LoyaltyError>> {
  const { customer, number, purchase, lines, unique, remarks, occurredAt } = input;
  const { base = purchase, paidWithPoints = 0, earning = BY_PROGRAM } = input;
  const { terms: kept } = input;
  const offered =
    kept === undefined ? await offerTerms(ctx, input) : ok({ terms: kept, series: [] });
  if (!offered.ok) return offered;
  const claimed = await claimNumber(ctx, unique, customer);
  if (!claimed.ok) return claimed;
  const earns = { ...base, amount: eligibleAmount(base.amount, paidWithPoints) };
  const bill = { kind: "bill", number, purchase, base: earns, lines, earning } as const;
  const booked = await bookCommand(ctx, {
    customer,
    command: { ...bill, ...offered.value.terms },
    reference: referenceOf(unique),
    remarks,
    occurredAt,
  });
  if (!booked.ok) {
    if (claimed.value !== null && UNBOOKED.includes(booked.error.code)) {
      await releaseReference(ctx, claimed.value);
    }
    return booked;
  }
  const { receipt, repeated } = booked.value;
  if (repeated && claimed.value !== null) return duplicate(claimed.value.key);
  // Also of a repeat: whoever booked it first may have died before they were kept.
  await keepGrants(ctx, customer, receipt.bill?.vouchers ?? [], receipt.recordedAt);
  return ok({ ...booked.value, ...offered.value });
}

/** What the wallet answers when it has looked at a purchase and does not book it. */
const UNBOOKED: readonly LoyaltyError["code"][] = ["balance_limit", "insufficient_balance"];

/**
 * What the programme offers for a purchase now, and keeps nothing: its vouchers get their ids and
 * codes. `balance_limit` for more stamps than one command may move.
 */
export async function offerTerms(
  ctx: Context,
  { purchase: total, lines, occurredAt }: Bought,
): Promise<Result<Offer, LoyaltyError>> {
  const { program, merchant } = ctx.principal;
  const happenedAt = Math.min(occurredAt ?? ctx.now, ctx.now);
  const day = businessDayOf(ctx, happenedAt);
  const granted = grantsForPurchase(program, { total, lines, day });
  if (granted === null) return err({ code: "balance_limit", unit: "stamp" });
  const series = await makeGrants(ctx, granted.vouchers, day);
  const expiresAt = expiryOf(program.expiry, happenedAt, merchant.timeZone);
  const stampsExpireAt = expiryOf(
    program.grants?.stamps.expiry ?? program.expiry,
    happenedAt,
    merchant.timeZone,
  );
  const terms = {
    day,
    expiresAt,
    ...(granted.stamps === 0
      ? {}
      : { stamps: { amount: granted.stamps, expiresAt: stampsExpireAt } }),
    ...(series.length === 0 ? {} : { vouchers: series.flatMap(({ vouchers }) => vouchers) }),
  };
  return ok({ terms, series });
}

function referenceOf(unique: Uniqueness): Reference | null {
  switch (unique.within) {
    case "nothing":
      return null;
    case "customer":
      return unique.reference;
    case "merchant":
      // Whatever is bought: the same number twice is never a second purchase.
      return { operation: UNIQUE, key: unique.number, fingerprint: UNIQUE };
  }
}

async function claimNumber(
  ctx: Context,
  unique: Uniqueness,
  customer: string,
): Promise<Result<Claim | null, LoyaltyError>> {
  if (unique.within !== "merchant") return ok(null);
  const claim = { operation: UNIQUE, key: unique.number, customer };
  const own = await claimReference(ctx, claim);
  if (!own.ok) return own;
  return own.value ? ok(claim) : duplicate(unique.number);
}

function duplicate(number: string): Result<never, LoyaltyError> {
  return err({ code: "duplicate_bill", number });
}
