import type { Money } from "../../core/amount.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Reference } from "../../core/ledger/commands.ts";
import type { Head, LotChange, Remarks } from "../../core/ledger/entries.ts";
import { EMPTY_HEAD, holdingOf } from "../../core/ledger/entries.ts";
import { refusalOf } from "../../core/ledger/status.ts";
import type { Standing } from "../../core/program/tiers.ts";
import { standingFor, tierNamed } from "../../core/program/tiers.ts";
import { moneyForPoints } from "../../core/purchases/earning.ts";
import type { Result } from "../../core/result.ts";
import type { Outcome } from "../../wallet/client.ts";
import { businessDayOf, expiryOf, lastDayOf } from "../calendar.ts";
import type { Context } from "../context.ts";
import { bookCommand, readWallet } from "./wallets.ts";

/** An earn as a dialect hands it over. */
export interface EarnInput {
  /** `cus_` id. */
  readonly customer: string;
  /** Points in the smallest step, or the purchase from which the programme computes them. */
  readonly grant: { readonly amount: number } | { readonly purchase: Money };
  readonly reference: Reference | null;
  readonly remarks: Remarks;
  /** When it happened at the till; null is now. */
  readonly occurredAt: number | null;
}

/** Adds points. `balance_limit` when they are more than a balance can hold. */
export async function earnPoints(
  ctx: Context,
  input: EarnInput,
): Promise<Result<Outcome, LoyaltyError>> {
  const { merchant, program } = ctx.principal;
  const { customer, grant, reference, remarks, occurredAt } = input;
  const expiresAt = expiryOf(program.expiry, occurredAt ?? ctx.now, merchant.timeZone);
  const earned = "amount" in grant ? grant : { ...grant, day: businessDayOf(ctx, occurredAt) };
  const command = { kind: "earn", unit: "point", grant: earned, expiresAt } as const;
  return bookCommand(ctx, { customer, command, reference, remarks, occurredAt });
}

/** A redemption as a dialect hands it over. */
export interface RedeemInput {
  readonly customer: string;
  /** Points in the smallest step, positive. */
  readonly amount: number;
  readonly reference: Reference | null;
  readonly remarks: Remarks;
  readonly occurredAt: number | null;
}

/** Takes points; check and debit are one step. `insufficient_balance` when there are too few. */
export async function redeemPoints(
  ctx: Context,
  input: RedeemInput,
): Promise<Result<Outcome, LoyaltyError>> {
  const { customer, amount, reference, remarks, occurredAt } = input;
  const command = { kind: "redeem", unit: "point", amount } as const;
  return bookCommand(ctx, { customer, command, reference, remarks, occurredAt });
}

/** A customer's points, as a till shows them. */
export interface PointsBalance {
  /** In the smallest step, like the other amounts. */
  readonly balance: number;
  readonly earned: number;
  readonly redeemed: number;
  readonly standing: Standing;
  readonly benefits: readonly string[];
  readonly priorityService: boolean;
  /** What expires within the window asked for. */
  readonly expiring: number;
  /** Last good day (`YYYY-MM-DD`) of what expires first, however late; null if nothing does. */
  readonly expiryDate: string | null;
  readonly head: Head;
}

/** Reads a customer's points and what of them expires within `windowMs` from now. */
export async function readPoints(
  ctx: Context,
  customer: string,
  windowMs: number,
): Promise<PointsBalance> {
  const { head, expiring, next } = await readWallet(ctx, customer, ctx.now + windowMs);
  return pointsOf(ctx, head, expiring.point ?? [], next.point ?? null);
}

/** The points of a customer who was enrolled by this very request: asks no wallet. */
export function noPoints(ctx: Context): PointsBalance {
  return pointsOf(ctx, EMPTY_HEAD, [], null);
}

function pointsOf(
  ctx: Context,
  head: Head,
  expiring: readonly LotChange[],
  next: number | null,
): PointsBalance {
  const { merchant, program } = ctx.principal;
  const { balance, earned, redeemed } = holdingOf(head, "point");
  const standing = standingFor(program, earned);
  const tier = tierNamed(program, standing.tier);
  return {
    balance,
    earned,
    redeemed,
    standing,
    benefits: tier?.benefits ?? [],
    priorityService: tier?.priorityService ?? false,
    expiring: expiring.reduce((sum, lot) => sum + lot.amount, 0),
    expiryDate: next === null ? null : lastDayOf(next, merchant.timeZone),
    head,
  };
}

/** What a redemption would come to. */
export interface RedemptionPreview {
  /** Points asked for, in the smallest step, like `available`. */
  readonly amount: number;
  /** Points that could be redeemed now; none for whoever may not redeem. */
  readonly available: number;
  /** What the points asked for are worth, in the currency's smallest unit; null without a rate. */
  readonly value: number | null;
  /** What those of them are worth that are there. */
  readonly discount: number | null;
}

/** Tells what a redemption would come to, without one. */
export async function previewRedemption(
  ctx: Context,
  customer: string,
  amount: number,
): Promise<RedemptionPreview> {
  const { merchant, program } = ctx.principal;
  const { balance, head } = await readPoints(ctx, customer, 0);
  const isBarred = refusalOf(head, { kind: "redeem", unit: "point", amount }) !== null;
  const available = isBarred ? 0 : balance;
  const worth = (points: number): number | null =>
    moneyForPoints(program, points, merchant.currency);
  return {
    amount,
    available,
    value: worth(amount),
    discount: worth(Math.max(0, Math.min(amount, available))),
  };
}
