import { ulid } from "ulid";
import type { LoyaltyError } from "../core/errors.ts";
import { notFound } from "../core/errors.ts";
import { makeId } from "../core/ids.ts";
import type { Result } from "../core/result.ts";
import { err, ok } from "../core/result.ts";
import type { VoucherTerms } from "../core/vouchers.ts";
import { CODE_PREFIX } from "../core/vouchers.ts";
import type { SeriesRow, SeriesSummary } from "../registry/vouchers.ts";
import {
  findSeries,
  insertSeries,
  insertVouchers,
  listSeries,
  pageSeries,
} from "../registry/vouchers.ts";
import type { Context } from "./context.ts";
import { getCustomer } from "./customers.ts";
import { makeEvent } from "./events.ts";
import { resolveCustomer } from "./identity.ts";
import { BASE36, randomText } from "./key-text.ts";
import type { Page } from "./lists.ts";
import { pageOf } from "./lists.ts";
import { guardWrite } from "./requests.ts";

export type { SeriesRow, SeriesSummary } from "../registry/vouchers.ts";

/** Vouchers that one request may make. */
export const MAX_VOUCHERS = 1_000;

const CODE_LENGTH = 12;

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
}

const PLAIN: SeriesPresentation = {
  key: null,
  label: null,
  description: null,
  imageUrl: null,
  conditions: null,
  configuration: null,
  lifeDays: null,
};

/** A series to make, with so many fresh codes or with codes brought along. */
export interface SeriesInput {
  readonly name: string;
  /** Where the vouchers come from, e.g. `campaign`; null: not told. */
  readonly source: string | null;
  readonly terms: VoucherTerms;
  readonly presentation?: SeriesPresentation;
  readonly codes: { readonly quantity: number } | { readonly imported: readonly string[] };
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
 * Makes a series and its vouchers in one atomic batch. `already_exists` when an imported code is in
 * use, `not_found` for an unknown customer.
 */
export async function createSeries(
  ctx: Context,
  input: SeriesInput,
): Promise<Result<NewSeries, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const merchantId = principal.merchant.id;
  const owner = await findOwner(ctx, input.customer);
  if (!owner.ok) return owner;
  const customerId = owner.value;
  const made = await guardWrite(ctx, input.named, async (work) => {
    const id = makeId("vse", ulid(now));
    const generated = "quantity" in input.codes;
    const codes =
      "quantity" in input.codes ? freshCodes(input.codes.quantity) : input.codes.imported;
    const vouchers = codes.map((code) => ({ id: makeId("vou", ulid(now)), code }));
    const stamps = { createdAt: now, updatedAt: now };
    const { name, source, terms } = input;
    const shown = input.presentation ?? PLAIN;
    const row = { id, merchantId, name, source, ...terms, ...shown, ...stamps };
    work.add(insertSeries(db, row));
    const added = { merchantId, seriesId: id, generated, now, customerId, vouchers };
    if (codes.length > 0) work.add(insertVouchers(db, added));
    if (customerId !== null) {
      const about = { customer: customerId, series: id, kind: terms.kind };
      const issued = vouchers.map((voucher) =>
        makeEvent(ctx, "voucher.issued", customerId, { ...about, voucher: voucher.id }),
      );
      work.addEvents(merchantId, issued);
    }
    return ok({ id, codes });
  });
  if (!made.ok) {
    const clash = made.error.code === "customer_busy" && "imported" in input.codes;
    return clash ? err({ code: "already_exists", object: "voucher", field: "code" }) : made;
  }
  const { id, codes } = made.value;
  const stored = await findSeries(db, merchantId, { id });
  const number = stored?.number ?? (await nextNumber(ctx));
  return ok({ id, number, codes });
}

async function findOwner(
  ctx: Context,
  customer: SeriesInput["customer"],
): Promise<Result<string | null, LoyaltyError>> {
  if (customer === null) return ok(null);
  if (typeof customer === "number") return resolveCustomer(ctx, customer);
  const found = await getCustomer(ctx, customer);
  return found.ok ? ok(found.value.customer.id) : found;
}

/** What the next series would be called; a test call keeps none. */
async function nextNumber(ctx: Context): Promise<number> {
  const { rows } = await pageSeries(ctx.db, ctx.principal.merchant.id, 1, 0);
  return (rows[0]?.series.number ?? 0) + 1;
}

/** Codes from a secure random source; among 36^12 two never meet, and the index refuses it. */
function freshCodes(quantity: number): string[] {
  const codes = new Set<string>();
  while (codes.size < quantity) codes.add(CODE_PREFIX + randomText(CODE_LENGTH, BASE36));
  return [...codes];
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
