import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import { makeId } from "../../core/ids.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { VoucherTerms } from "../../core/vouchers.ts";
import type { SeriesRow, SeriesSummary } from "../../registry/vouchers/vouchers.ts";
import {
  findSeries,
  insertSeries,
  listSeries,
  pageSeries,
} from "../../registry/vouchers/vouchers.ts";
import { ulid } from "../../ulid.ts";
import type { Context } from "../context.ts";
import { getCustomer, requireActiveCustomers } from "../customers/customers.ts";
import { resolveCustomer } from "../customers/identity.ts";
import { guardWrite } from "../ledger/guarded-writes.ts";
import type { Page } from "../lists.ts";
import { pageOf } from "../lists.ts";
import type { WantedCodes } from "./codes.ts";
import { addVouchersTo } from "./codes.ts";

export type { SeriesRow, SeriesSummary } from "../../registry/vouchers/vouchers.ts";
export { MAX_VOUCHERS } from "./codes.ts";

/** How a series presents itself to tills and customers, and by which key rules mean it. */
export interface SeriesPresentation {
  readonly key: string | null;
  readonly label: string | null;
  readonly description: string | null;
  readonly imageUrl: string | null;
  readonly conditions: string | null;
  /** What the merchant's tills make of it; handed through as it is. */
  readonly configuration: Record<string, unknown> | null;
  /** Days for which a voucher that a purchase grants is good; null: as long as the series. */
  readonly lifeDays: number | null;
  /** What fresh codes begin with; null: as `prefixOf` has it. */
  readonly codePrefix: string | null;
}

const PLAIN: SeriesPresentation = {
  key: null,
  label: null,
  description: null,
  imageUrl: null,
  conditions: null,
  configuration: null,
  lifeDays: null,
  codePrefix: null,
};

/** A series to make, with so many fresh codes or with codes brought along. */
export interface SeriesInput {
  readonly name: string;
  /** Where the vouchers come from, e.g. `campaign`; null: not told. */
  readonly source: string | null;
  readonly terms: VoucherTerms;
  readonly presentation?: SeriesPresentation;
  readonly codes: WantedCodes;
  /** Number or `cus_` id of the customer that all vouchers are issued to; null: nobody. */
  readonly customer: number | string | null;
  /** Customer number that the same request carries for another purpose; see `guardWrite`. */
  readonly named: number | null;
}

/** A series that was just made. */
export interface NewSeries {
  readonly id: string;
  readonly number: number;
  readonly codes: readonly string[];
}

/**
 * Makes a series and its vouchers in one atomic batch. `already_exists` when the key or a code that
 * is brought along is in use, `not_found` for an unknown customer.
 */
export async function createSeries(
  ctx: Context,
  input: SeriesInput,
): Promise<Result<NewSeries, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const merchantId = principal.merchant.id;
  const owner = await findOwner(ctx, input.customer);
  if (!owner.ok) return owner;
  const made = await guardWrite(ctx, input.named, async (work) => {
    const { name, source, terms, codes, presentation = PLAIN } = input;
    const { key, codePrefix } = presentation;
    const taken = key === null ? undefined : await findSeries(db, merchantId, { key });
    if (taken !== undefined) {
      return err({ code: "already_exists", object: "voucher_series", field: "key" });
    }
    const id = makeId("vse", ulid(now));
    const stamps = { createdAt: now, updatedAt: now };
    work.add(
      insertSeries(db, { id, merchantId, name, source, ...terms, ...presentation, ...stamps }),
    );
    const series = { id, key, codePrefix, kind: terms.kind };
    const vouchers = { series, codes, customer: owner.value, validFrom: null, validUntil: null };
    const added = await addVouchersTo(ctx, work, vouchers);
    return added.ok ? ok({ id, codes: added.value }) : added;
  });
  if (!made.ok) return made;
  const { id, codes } = made.value;
  const stored = await findSeries(db, merchantId, { id });
  const number = stored?.number ?? (await nextNumber(ctx));
  return ok({ id, number, codes });
}

/** Vouchers to add to a series that exists, with their own days if they have any. */
export interface AddVouchersInput {
  /** `vse_` id of the series, or its key. */
  readonly series: string;
  readonly codes: WantedCodes;
  /** Number or `cus_` id of the customer that they are issued to; null: nobody. */
  readonly customer: number | string | null;
  /** First and last good business day, `YYYY-MM-DD`; null: the series' counts. */
  readonly validFrom: string | null;
  readonly validUntil: string | null;
}

/**
 * Adds vouchers to a series in one atomic batch; answers their codes and the series' id.
 * `not_found` for an unknown series or customer, `already_exists` when a code that is brought along
 * is in use.
 */
export async function addVouchers(
  ctx: Context,
  input: AddVouchersInput,
): Promise<Result<Omit<NewSeries, "number">, LoyaltyError>> {
  const { db, principal } = ctx;
  const { id: merchantId } = principal.merchant;
  const series =
    (await findSeries(db, merchantId, { id: input.series })) ??
    (await findSeries(db, merchantId, { key: input.series }));
  if (series === undefined) return notFound("voucher_series");
  const owner = await findOwner(ctx, input.customer);
  if (!owner.ok) return owner;
  const vouchers = { ...input, series, customer: owner.value };
  const added = await guardWrite(ctx, null, (work) => addVouchersTo(ctx, work, vouchers));
  return added.ok ? ok({ id: series.id, codes: added.value }) : added;
}

async function findOwner(
  ctx: Context,
  customer: SeriesInput["customer"],
): Promise<Result<string | null, LoyaltyError>> {
  if (customer === null) return ok(null);
  const found = await findId(ctx, customer);
  if (!found.ok) return found;
  const allowed = await requireActiveCustomers(ctx, [found.value]);
  return allowed.ok ? found : allowed;
}

async function findId(
  ctx: Context,
  customer: number | string,
): Promise<Result<string, LoyaltyError>> {
  if (typeof customer === "number") return resolveCustomer(ctx, customer);
  const found = await getCustomer(ctx, customer);
  return found.ok ? ok(found.value.id) : found;
}

/** What the next series would be called; a test call keeps none. */
async function nextNumber(ctx: Context): Promise<number> {
  const { rows } = await pageSeries(ctx.db, ctx.principal.merchant.id, 1, 0);
  return (rows[0]?.series.number ?? 0) + 1;
}

/** A merchant's series by its number. */
export async function getSeries(
  ctx: Context,
  number: number,
): Promise<Result<SeriesRow, LoyaltyError>> {
  const row = await findSeries(ctx.db, ctx.principal.merchant.id, { number });
  return row === undefined ? notFound("voucher_series") : ok(row);
}

/** A merchant's series with counts, newest first, by page; `total` is how many there are. */
export async function listSeriesPage(
  ctx: Context,
  limit: number,
  offset: number,
): Promise<{ readonly rows: readonly SeriesSummary[]; readonly total: number }> {
  return pageSeries(ctx.db, ctx.principal.merchant.id, limit, offset);
}

/** A merchant's series, newest first, by cursor. */
export async function cursorSeries(
  ctx: Context,
  limit: number,
  before: string | null,
): Promise<Page<SeriesRow>> {
  return pageOf(await listSeries(ctx.db, ctx.principal.merchant.id, limit + 1, before), limit);
}
