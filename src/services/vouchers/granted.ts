import { makeId } from "../../core/ids.ts";
import type { Receipt, VoucherGrant } from "../../core/ledger/entries.ts";
import type { Granted } from "../../core/purchases/granting.ts";
import { logFault } from "../../log.ts";
import { Memory } from "../../memory.ts";
import type { Write } from "../../registry/database.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import { insertGrantedVouchers, withdrawVouchers } from "../../registry/vouchers/granted.ts";
import type { SeriesRow } from "../../registry/vouchers/vouchers.ts";
import { findSeries } from "../../registry/vouchers/vouchers.ts";
import { ulid } from "../../ulid.ts";
import { addDays } from "../calendar.ts";
import type { Context } from "../context.ts";
import { freshCode } from "./codes.ts";

/** Vouchers of one series that a bill grants; all are good on the same days. */
export interface SeriesGrants {
  readonly series: SeriesRow;
  /** At least one. */
  readonly vouchers: readonly VoucherGrant[];
}

/** How long an isolate answers from what it knows of a series. */
const KNOWN_MS = 30_000;
const MAX_CACHED = 1_000;

const rows = new Memory<SeriesRow>(MAX_CACHED);

/**
 * Makes the vouchers that a bill of that business day grants, with ids and codes, and keeps nothing
 * yet. A series that ended before that day grants none, nor does one that is not there: the
 * programme is wrong then, not the purchase.
 */
export async function makeGrants(
  ctx: Context,
  wanted: Granted["vouchers"],
  day: string,
): Promise<readonly SeriesGrants[]> {
  const made: SeriesGrants[] = [];
  for (const { series: key, count } of wanted) {
    const series = await recallSeries(ctx, key);
    if (series === undefined) {
      const merchant = ctx.principal.merchant.id;
      const fault = new Error(`the programme grants vouchers of ${key}, which there are none of`);
      logFault({ request_id: ctx.requestId, merchant }, fault);
      continue;
    }
    if (series.validUntil !== null && series.validUntil < day) continue;
    const vouchers = Array.from({ length: count }, () => makeGrant(ctx, series, day));
    made.push({ series, vouchers });
  }
  return made;
}

async function recallSeries(ctx: Context, key: string): Promise<SeriesRow | undefined> {
  const merchantId = ctx.principal.merchant.id;
  const name = `${merchantId}/${key}`;
  const known = rows.recall(name, ctx.now);
  if (known !== undefined) return known;
  const series = await findSeries(ctx.db, merchantId, { key });
  return series && rows.remember(name, series, ctx.now + KNOWN_MS);
}

/** Good from the day of the bill, or from the series' first day if that is later. */
function makeGrant(ctx: Context, series: SeriesRow, day: string): VoucherGrant {
  const { id, kind, lifeDays, validFrom, validUntil } = series;
  const first = validFrom !== null && validFrom > day ? validFrom : day;
  const own = lifeDays === null ? null : addDays(first, lifeDays);
  const last = own === null || (validUntil !== null && validUntil < own) ? validUntil : own;
  return {
    id: makeId("vou", ulid(ctx.now)),
    series: id,
    kind,
    code: freshCode(series),
    validFrom: first,
    validUntil: last,
  };
}

/**
 * Makes a customer's granted vouchers usable at once. They are in the ledger already, and
 * publishing makes those that are missing: a failure here is logged, and nothing is lost by it.
 */
export async function keepGrants(
  ctx: Context,
  customerId: string,
  granted: readonly VoucherGrant[],
  grantedAt: number,
): Promise<void> {
  const merchantId = ctx.principal.merchant.id;
  const kept = granted.map((grant) => ({ ...grant, customerId, grantedAt }));
  await writeGranted(ctx, granted, () => [insertGrantedVouchers(ctx.db, merchantId, kept)]);
}

/**
 * Withdraws at once those of a customer's vouchers that nobody has used, since the ledger took
 * their grant back. One that was never made is made first, so that no late answer to its bill makes
 * it good. As in {@link keepGrants}, publishing does what is left undone.
 */
export async function withdrawGrants(
  ctx: Context,
  customerId: string,
  { withdrawn = [], recordedAt }: Pick<Receipt, "withdrawn" | "recordedAt">,
): Promise<void> {
  const merchantId = ctx.principal.merchant.id;
  const kept = withdrawn.map((grant) => ({ ...grant, customerId, grantedAt: recordedAt }));
  const ids = withdrawn.map(({ id }) => id);
  await writeGranted(ctx, withdrawn, () => [
    insertGrantedVouchers(ctx.db, merchantId, kept),
    withdrawVouchers(ctx.db, merchantId, ids, ctx.now),
  ]);
}

async function writeGranted(
  { db, principal, requestId }: Context,
  granted: readonly VoucherGrant[],
  writes: () => readonly Write[],
): Promise<void> {
  if (granted.length === 0) return;
  const work = unitOfWork(db, principal.mode);
  work.add(...writes());
  try {
    await work.commit();
  } catch (error) {
    logFault({ request_id: requestId, merchant: principal.merchant.id }, error);
  }
}
