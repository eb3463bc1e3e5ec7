import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import { pointsForMoney } from "../../core/purchases/earning.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { findMember } from "../../registry/customers/members.ts";
import type { Outcome } from "../../wallet/client.ts";
import type { Context } from "../context.ts";
import { claimReference, releaseReference } from "../purchases/claims.ts";
import { bookCommand } from "./wallets.ts";

/** Money that a customer spends in points, as a dialect hands it over. */
export interface SpendInput {
  /** The customer's number. */
  readonly customer: number;
  /** Positive, in the currency's smallest unit. */
  readonly amount: number;
  /** The till's number; null when it told none. */
  readonly reference: string | null;
}

/** What a customer has spent. */
export interface Spent {
  /** Points, smallest step, like `available`. */
  readonly points: number;
  /** In the currency's smallest unit. */
  readonly amount: number;
  readonly available: number;
}

/** Name space of the numbers, where each is good for one redemption. */
const SPEND = "spend";

/**
 * Takes the points that an amount of money costs by the customer's type; check and debit are one
 * step. `not_found` (customer), `not_a_member` without a type that spends, `insufficient_balance`,
 * `balance_limit` for an amount beyond all. The same reference spends again, unless the programme
 * wants references to be unique: then it is `reference_reused`.
 */
export async function spendMoney(
  ctx: Context,
  input: SpendInput,
): Promise<Result<Spent, LoyaltyError>> {
  const { merchant } = ctx.principal;
  const member = await findMember(ctx.db, merchant.id, input.customer);
  if (member === undefined) return notFound("customer");
  const rate = member.type?.pointsPerUnit ?? 0;
  if (rate === 0) return err({ code: "not_a_member" });
  const points = pointsForMoney(rate, { amount: input.amount, currency: merchant.currency });
  if (points === null) return err({ code: "balance_limit", unit: "point" });
  const redeemed = await redeem(ctx, input, member.id, points);
  if (!redeemed.ok) return redeemed;
  return ok({ points, amount: input.amount, available: redeemed.value.receipt.balance });
}

async function redeem(
  ctx: Context,
  { amount, reference }: SpendInput,
  customer: string,
  points: number,
): Promise<Result<Outcome, LoyaltyError>> {
  const { program, merchant } = ctx.principal;
  const booking = {
    customer,
    command: { kind: "redeem", unit: "point", amount: points } as const,
    remarks: {
      purchase: { amount, currency: merchant.currency },
      ...(reference === null ? {} : { details: { reference } }),
    },
    occurredAt: null,
  };
  if (reference === null || program.uniqueReferences !== true) {
    return bookCommand(ctx, { ...booking, reference: null });
  }
  const claim = { operation: SPEND, key: reference, customer };
  const claimed = await claimReference(ctx, claim);
  if (!claimed.ok) return claimed;
  const reused = err({ code: "reference_reused", reference } as const);
  if (claimed.value === null) return reused;
  const once = { operation: SPEND, key: reference, fingerprint: SPEND };
  const booked = await bookCommand(ctx, { ...booking, reference: once });
  if (!booked.ok) await releaseReference(ctx, claim);
  return booked.ok && booked.value.repeated ? reused : booked;
}
