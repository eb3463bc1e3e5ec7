import type { BuiltInUnit, Unit } from "../../core/amount.ts";
import { holdingOf } from "../../core/ledger/entries.ts";
import { listUnusedVouchers } from "../../registry/vouchers/lists.ts";
import type { VoucherRecord } from "../../registry/vouchers/vouchers.ts";
import { dayOf } from "../calendar.ts";
import type { Context } from "../context.ts";
import { readWallet } from "./wallets.ts";

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
  const balanceOf = (unit: BuiltInUnit): number => holdingOf(head, unit).balance;
  const [point, stamp, prepaid] = [balanceOf("point"), balanceOf("stamp"), balanceOf("prepaid")];
  return { balances: { point, stamp, prepaid }, vouchers };
}
