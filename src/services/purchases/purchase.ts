import type { Money } from "../../core/amount.ts";
import { sha256Hex } from "../../core/digest.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { STATUS_ERRORS } from "../../core/errors.ts";
import type { Reference } from "../../core/ledger/commands.ts";
import { keyWithin } from "../../core/ledger/commands.ts";
import type { Remarks } from "../../core/ledger/entries.ts";
import { eligibleAmount } from "../../core/purchases/pricing.ts";
import type { EarningRule } from "../../core/purchases/purchase.ts";
import { BY_PROGRAM } from "../../core/purchases/purchase.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Outcome } from "../../wallet/client.ts";
import type { Context } from "../context.ts";
import { bookCommand } from "../ledger/wallets.ts";
import { keepGrants } from "../vouchers/granted.ts";

import type { Claim } from "./claims.ts";
import { claimReference, releaseReference } from "./claims.ts";
import type { Bought, Offer, PurchaseTerms } from "./offers.ts";
import { firstOffer, offerTerms } from "./offers.ts";

/**
 * What a till's number stands for. `nothing`: every call is a purchase of its own. `customer`: the
 * reference is one purchase of this customer, and its repeat is told the first answer. `merchant`:
 * the number is one purchase of the whole merchant, or of the site if the merchant so chose; its
 * repeat by the same customer is told the first answer, and anything else that has it is refused.
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

/** A purchase as it is booked. The receipt of a repeat tells what the first one was granted. */
export interface RecordedPurchase extends Outcome, Offer {}

/** Name space of the numbers that stand for one purchase, whoever's. */
const UNIQUE = "give";

/**
 * Records a purchase and books what it earns and grants: points, judging the tier after them,
 * stamps and vouchers; a negative one takes points back and grants nothing. `duplicate_bill` for a
 * number that another purchase has; `balance_limit` when it is more than a balance can hold;
 * `customer_blocked`, `customer_inactive`; `insufficient_balance` for a return of more than is
 * left, where the programme allows no debt.
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
  const claim = claimed.value;
  const earns = { ...base, amount: eligibleAmount(base.amount, paidWithPoints) };
  const bill = { kind: "bill", number, purchase, base: earns, lines, earning } as const;
  const booked = await bookCommand(ctx, {
    customer,
    command: { ...bill, ...offered.value.terms },
    reference: claim === null ? referenceOf(unique) : await claimedReference(claim, input),
    remarks,
    occurredAt,
  });
  if (!booked.ok) {
    if (claim === null) return booked;
    if (UNBOOKED.includes(booked.error.code)) await releaseReference(ctx, claim);
    return booked.error.code === "reference_reused" ? duplicate(number) : booked;
  }
  const { receipt, repeated } = booked.value;
  // Also of a repeat: whoever booked it first may have died before they were kept.
  await keepGrants(ctx, customer, receipt.bill?.vouchers ?? [], receipt.recordedAt);
  const offer = repeated && claim !== null ? await firstOffer(ctx, customer, receipt) : null;
  return ok({ ...booked.value, ...(offer ?? offered.value) });
}

/** What the wallet answers when it has looked at a purchase and does not book it. */
const UNBOOKED: readonly LoyaltyError["code"][] = [
  "not_found",
  ...STATUS_ERRORS,
  "balance_limit",
  "insufficient_balance",
];

function referenceOf(unique: Uniqueness): Reference | null {
  return unique.within === "customer" ? unique.reference : null;
}

/** What a till says of a purchase besides may differ in its repeat: not what is bought. */
async function claimedReference(
  { operation, key }: Claim,
  { purchase, base = purchase, lines }: PurchaseInput,
): Promise<Reference> {
  const content = lines.map(({ sku, quantity, amount }) => [sku, quantity, amount]);
  const fingerprint = await sha256Hex(JSON.stringify([purchase.amount, base.amount, content]));
  return { operation, key, fingerprint };
}

async function claimNumber(
  ctx: Context,
  unique: Uniqueness,
  customer: string,
): Promise<Result<Claim | null, LoyaltyError>> {
  if (unique.within !== "merchant") return ok(null);
  const { number } = unique;
  const { merchant, siteId } = ctx.principal;
  const atSite = keyWithin(number, siteId ?? "");
  const [key, alias] = merchant.billNumbers === "site" ? [atSite, number] : [number, atSite];
  const claim = { operation: UNIQUE, key, alias, customer };
  const own = await claimReference(ctx, claim);
  if (!own.ok) return own;
  return own.value === null ? duplicate(number) : ok({ ...claim, key: own.value });
}

function duplicate(number: string | null): Result<never, LoyaltyError> {
  return err({ code: "duplicate_bill", number: number ?? "" });
}
