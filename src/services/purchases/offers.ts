import type { Money, Unit } from "../../core/amount.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type {
  BillLine,
  Entry,
  LotChange,
  Receipt,
  VoucherGrant,
} from "../../core/ledger/entries.ts";
import { billIdOf, DEBT } from "../../core/ledger/entries.ts";
import { grantsForPurchase } from "../../core/purchases/granting.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { businessDayOf, expiryOf } from "../calendar.ts";
import type { Context } from "../context.ts";
import { entriesBefore } from "../ledger/wallets.ts";
import type { SeriesGrants } from "../vouchers/granted.ts";
import { makeGrants, seriesOfGrants } from "../vouchers/granted.ts";

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

/** A bill's entry with what may stand right behind it: points, a change of tier, stamps. */
const OWN_ENTRIES = 4;

/**
 * What a purchase was offered that is booked already, as its ledger has it: the programme may have
 * changed since.
 */
export async function firstOffer(
  ctx: Context,
  customer: string,
  { seq, entry: id, recordedAt, bill }: Receipt,
): Promise<Offer> {
  const handed = await entriesBefore(ctx, customer, seq + OWN_ENTRIES, OWN_ENTRIES);
  const own = handed.map(({ entry }) => entry).filter((entry) => entry.seq >= seq);
  const happenedAt = own.find((entry) => entry.seq === seq)?.occurredAt ?? recordedAt;
  const gains = own.filter(({ remarks }) => remarks.billId === billIdOf({ id }));
  const { program, merchant } = ctx.principal;
  // What only paid a debt has left no lot to tell.
  const unknown = (): number => expiryOf(program.expiry, happenedAt, merchant.timeZone);
  const { stamps = 0, vouchers = [] } = bill ?? {};
  const terms = {
    day: businessDayOf(ctx, happenedAt),
    expiresAt: lotExpiry(gains, "point") ?? unknown(),
    ...(stamps === 0
      ? {}
      : { stamps: { amount: stamps, expiresAt: lotExpiry(gains, "stamp") ?? unknown() } }),
    ...(vouchers.length === 0 ? {} : { vouchers }),
  };
  return { terms, series: await seriesOfGrants(ctx, vouchers) };
}

/** When the lot expires that a bill gave of a unit; null where it gave none. */
function lotExpiry(gains: readonly Entry[], unit: Unit): number | null {
  const gain = gains.find((entry) => entry.kind === "earn" && entry.unit === unit);
  return gain?.lots.find(({ expiresAt }) => expiresAt !== DEBT)?.expiresAt ?? null;
}
