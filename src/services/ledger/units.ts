import type { Money, Unit } from "../../core/amount.ts";
import { UNITS } from "../../core/amount.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Reference } from "../../core/ledger/commands.ts";
import type { BillLine, Remarks } from "../../core/ledger/entries.ts";
import { billIdOf, holdingOf, NEVER } from "../../core/ledger/entries.ts";
import { grantsFor } from "../../core/purchases/granting.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { VoucherRecord } from "../../registry/vouchers/vouchers.ts";
import { listUnusedVouchers } from "../../registry/vouchers/vouchers.ts";
import type { Outcome } from "../../wallet/client.ts";
import { dayOf, expiryOf, lastDayOf } from "../calendar.ts";
import type { Context } from "../context.ts";
import type { Claim } from "../purchases/claims.ts";
import { claimReference, releaseReference } from "../purchases/claims.ts";
import type { SeriesGrants } from "../vouchers/granted.ts";
import { keepGrants, makeGrants } from "../vouchers/granted.ts";
import { bookCommand, readWallet } from "./wallets.ts";

/** A purchase that is rewarded, as a dialect hands it over. */
export interface GiveInput {
  /** `cus_` id. */
  readonly customer: string;
  readonly purchase: Money;
  /** What of it earns points, in the same currency. */
  readonly base: Money;
  /** At most `MAX_BILL_LINES`; articles among them may grant stamps and vouchers. */
  readonly lines: readonly BillLine[];
  /** The till's number, good for one purchase in the whole merchant; null when it told none. */
  readonly invoice: string | null;
  readonly remarks: Remarks;
  /** When it happened at the till; null is now. */
  readonly occurredAt: number | null;
}

/** What a purchase added of one unit. */
export interface Gain {
  /** In the smallest step. */
  readonly amount: number;
  /** Last good business day, `YYYY-MM-DD`; null: for ever. */
  readonly lastDay: string | null;
}

/** What a purchase was rewarded with; null and empty: with nothing of that kind. */
export interface GivenReward {
  /** `bil_` id. */
  readonly bill: string;
  readonly point: Gain | null;
  readonly stamp: Gain | null;
  /** By series. */
  readonly vouchers: readonly SeriesGrants[];
}

/**
 * Records a purchase and books what it is rewarded with: points, stamps and vouchers. A number that
 * stands for another purchase already, whosever, is `duplicate_bill`, also when all is the same;
 * `balance_limit` when it is more than a balance can hold.
 */
export async function giveReward(
  ctx: Context,
  input: GiveInput,
): Promise<Result<GivenReward, LoyaltyError>> {
  const { customer, purchase, base, lines, invoice, remarks, occurredAt } = input;
  const { program, merchant } = ctx.principal;
  const happenedAt = occurredAt ?? ctx.now;
  const granted = grantsFor(program, lines);
  if (granted === null) return err({ code: "balance_limit", unit: "stamp" });
  const claimed = await claimInvoice(ctx, invoice, customer);
  if (!claimed.ok) return claimed;
  const stampExpiry = program.grants?.stamps.expiry ?? program.expiry;
  const expiresAt = expiryOf(program.expiry, happenedAt, merchant.timeZone);
  const stamps = {
    amount: granted.stamps,
    expiresAt: expiryOf(stampExpiry, happenedAt, merchant.timeZone),
  };
  const made = await makeGrants(ctx, granted.vouchers, dayOf(happenedAt, merchant.timeZone));
  const vouchers = made.flatMap((series) => series.vouchers);
  const bill = { kind: "bill", number: invoice, purchase, base, lines, expiresAt } as const;
  const command = { ...bill, stamps, vouchers };
  const reference = invoice === null ? null : referenceOf(invoice);
  const booked = await bookCommand(ctx, { customer, command, reference, remarks, occurredAt });
  if (!booked.ok) {
    const isFree = claimed.value !== null && booked.error.code === "balance_limit";
    if (isFree) await releaseReference(ctx, claimed.value);
    return booked;
  }
  const { receipt, repeated } = booked.value;
  if (repeated) return err({ code: "duplicate_bill", number: invoice ?? "" });
  await keepGrants(ctx, customer, vouchers, receipt.recordedAt);
  const lastDay = (end: number): string | null => lastDayOf(end, merchant.timeZone);
  return ok({
    bill: billIdOf({ id: receipt.entry }),
    point: gainOf(receipt.bill?.earned, lastDay(expiresAt)),
    stamp: gainOf(receipt.bill?.stamps, lastDay(stamps.expiresAt)),
    vouchers: made,
  });
}

/** Name space of the numbers of rewarded purchases. */
const GIVE = "give";

/** Whatever is bought: the same number twice is never a second purchase. */
function referenceOf(invoice: string): Reference {
  return { operation: GIVE, key: invoice, fingerprint: GIVE };
}

async function claimInvoice(
  ctx: Context,
  invoice: string | null,
  customer: string,
): Promise<Result<Claim | null, LoyaltyError>> {
  if (invoice === null) return ok(null);
  const claim = { operation: GIVE, key: invoice, customer };
  const own = await claimReference(ctx, claim);
  if (!own.ok) return own;
  return own.value ? ok(claim) : err({ code: "duplicate_bill", number: invoice });
}

function gainOf(amount: number | undefined, lastDay: string | null): Gain | null {
  return amount === undefined || amount === 0 ? null : { amount, lastDay };
}

/** What a customer has, as a till shows it. */
export interface Rewards {
  /** By unit, in its smallest step. */
  readonly balances: Readonly<Record<Unit, number>>;
  /** The customer's own that are neither used nor over, soonest expiry first. */
  readonly vouchers: readonly VoucherRecord[];
}

/** Vouchers that are told of one customer. */
const MAX_VOUCHERS = 500;

/** Reads a customer's balances from the wallet, and the vouchers that are left. */
export async function readRewards(ctx: Context, customer: string): Promise<Rewards> {
  const { merchant } = ctx.principal;
  const day = dayOf(ctx.now, merchant.timeZone);
  const [{ head }, vouchers] = await Promise.all([
    readWallet(ctx, customer, 0),
    listUnusedVouchers(ctx.db, merchant.id, customer, day, MAX_VOUCHERS),
  ]);
  const [point = 0, stamp = 0, prepaid = 0] = UNITS.map((unit) => holdingOf(head, unit).balance);
  return { balances: { point, stamp, prepaid }, vouchers };
}

/** A change of one unit as a dialect hands it over. */
export interface UnitInput {
  /** `cus_` id. */
  readonly customer: string;
  readonly unit: Unit;
  /** Positive, in the smallest step. */
  readonly amount: number;
  /** The till's number of the purchase that it belongs to; null when it told none. */
  readonly invoice: string | null;
  readonly remarks: Remarks;
  /** When it happened at the till; null is now. */
  readonly occurredAt: number | null;
}

/**
 * Takes an amount of a unit. The same invoice and amount answer with the first outcome, another
 * amount is `reference_reused`; `insufficient_balance` when there is too little.
 */
export async function redeemUnit(
  ctx: Context,
  input: UnitInput,
): Promise<Result<Outcome, LoyaltyError>> {
  const { unit, amount } = input;
  return bookOnce(ctx, input, "redeem", { kind: "redeem", unit, amount });
}

/**
 * Loads money that the customer paid in advance; it does not expire. Repeats as in
 * {@link redeemUnit}; `balance_limit` when it is more than a balance can hold.
 */
export async function topUpPrepaid(
  ctx: Context,
  input: Omit<UnitInput, "unit">,
): Promise<Result<Outcome, LoyaltyError>> {
  const unit = "prepaid";
  const grant = { amount: input.amount };
  const command = { kind: "earn", unit, grant, expiresAt: NEVER } as const;
  return bookOnce(ctx, { ...input, unit }, "top_up", command);
}

function bookOnce(
  ctx: Context,
  input: UnitInput,
  verb: string,
  command: Parameters<typeof bookCommand>[1]["command"],
): Promise<Result<Outcome, LoyaltyError>> {
  const { customer, unit, amount, invoice, remarks, occurredAt } = input;
  const reference =
    invoice === null
      ? null
      : { operation: `${verb}/${unit}`, key: invoice, fingerprint: String(amount) };
  return bookCommand(ctx, { customer, command, reference, remarks, occurredAt });
}
