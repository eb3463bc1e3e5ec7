import { narrow, parseDecimal, unitScale } from "../amount.ts";
import { pointerPart } from "../errors.ts";
import type { BillLine } from "../ledger/entries.ts";
import { QUANTITY_SCALE } from "../ledger/entries.ts";
import type { Expiry, ExpiryDefinition, Program } from "./program.ts";

/** How often a grant counts: once for a bill that has the article, or for every whole piece. */
export type GrantPer = "bill" | "item";

/** What a bill grants besides points. */
export interface Grants {
  readonly stamps: {
    /** Stamps for every bill. */
    readonly perBill: number;
    /** How long stamps live, those of articles too. */
    readonly expiry: Expiry;
  };
  /** What buying an article grants besides, by its SKU or, where a till tells none, its name. */
  readonly skus: Readonly<Record<string, SkuGrants>>;
}

/** What buying one article grants. */
export interface SkuGrants {
  readonly stamps: { readonly amount: number; readonly per: GrantPer };
  readonly vouchers: readonly SeriesGrant[];
}

/** Vouchers of a series, which is named by its key. */
export interface SeriesGrant {
  readonly series: string;
  readonly count: number;
  readonly per: GrantPer;
}

/** {@link Grants} as they stand on the wire and in storage. */
export interface GrantsDefinition {
  readonly stamps?:
    | {
        readonly per_bill?: string | undefined;
        /** Without it stamps live as long as points. */
        readonly expiry?: ExpiryDefinition | undefined;
      }
    | undefined;
  readonly skus?: Readonly<Record<string, SkuDefinition>> | undefined;
}

/** What buying one article grants, as it stands on the wire: once for a bill unless told. */
export interface SkuDefinition {
  readonly stamps?: { readonly amount: string; readonly per?: GrantPer | undefined } | undefined;
  readonly vouchers?: readonly VoucherDefinition[] | undefined;
}

/** Vouchers of a series as they stand on the wire: one unless told. */
export interface VoucherDefinition {
  readonly series: string;
  readonly count?: number | undefined;
  readonly per?: GrantPer | undefined;
}

/** Most articles that a programme may name. */
export const MAX_SKUS = 200;

/** Longest SKU. */
export const MAX_SKU = 255;

/** Most series of which one article grants vouchers. */
export const MAX_SKU_SERIES = 10;

/** Longest key of a series. */
export const MAX_SERIES_KEY = 64;

/** Most stamps that one rule gives at a time. */
export const MAX_STAMPS = 1_000;

/** Most vouchers that one bill grants; what its rules come to beyond is not granted. */
export const MAX_BILL_VOUCHERS = 50;

/** What the definition of grants is read with; all faults are reported at once. */
export interface GrantsReader {
  fault(pointer: string, detail: string): void;
  expiryAt(pointer: string, expiry: ExpiryDefinition | undefined): Expiry;
}

/** Checks the definition of what a bill grants; `points` is how long points live. */
export function defineGrants(
  definition: GrantsDefinition,
  points: Expiry,
  reader: GrantsReader,
): Grants {
  const { stamps = {}, skus = {} } = definition;
  const perBill = stampsAt("/grants/stamps/per_bill", stamps.per_bill ?? "0", reader);
  const expiry =
    stamps.expiry === undefined ? points : reader.expiryAt("/grants/stamps/expiry", stamps.expiry);
  const named = Object.entries(skus);
  if (named.length > MAX_SKUS) reader.fault("/grants/skus", `must have at most ${MAX_SKUS} SKUs`);
  const defined = named.map(([sku, own]) => {
    const pointer = `/grants/skus/${pointerPart(sku)}`;
    if (sku === "" || sku.length > MAX_SKU) {
      reader.fault(pointer, `must have a SKU of 1 to ${MAX_SKU} characters`);
    }
    return [sku, defineSku(pointer, own, reader)] as const;
  });
  return { stamps: { perBill, expiry }, skus: Object.fromEntries(defined) };
}

function defineSku(pointer: string, own: SkuDefinition, reader: GrantsReader): SkuGrants {
  const { stamps = { amount: "0" }, vouchers = [] } = own;
  if (vouchers.length > MAX_SKU_SERIES) {
    reader.fault(`${pointer}/vouchers`, `must name at most ${MAX_SKU_SERIES} series`);
  }
  return {
    stamps: {
      amount: stampsAt(`${pointer}/stamps/amount`, stamps.amount, reader),
      per: stamps.per ?? "bill",
    },
    vouchers: vouchers.map(({ series, count = 1, per = "bill" }, i) => {
      if (series === "" || series.length > MAX_SERIES_KEY) {
        const detail = `must be a series' key of 1 to ${MAX_SERIES_KEY} characters`;
        reader.fault(`${pointer}/vouchers/${i}/series`, detail);
      }
      if (!Number.isSafeInteger(count) || count < 1 || count > MAX_BILL_VOUCHERS) {
        const detail = `must be a whole number from 1 to ${MAX_BILL_VOUCHERS}`;
        reader.fault(`${pointer}/vouchers/${i}/count`, detail);
      }
      return { series, count, per };
    }),
  };
}

function stampsAt(pointer: string, text: string, reader: GrantsReader): number {
  const stamps = parseDecimal(text, unitScale("stamp", ""));
  if (stamps !== null && stamps >= 0 && stamps <= MAX_STAMPS) return stamps;
  reader.fault(pointer, `must be a whole number of stamps from 0 to ${MAX_STAMPS}`);
  return 0;
}

/** What one bill grants besides points. */
export interface Granted {
  readonly stamps: number;
  /** By series in the order of the bill's lines, {@link MAX_BILL_VOUCHERS} in all at most. */
  readonly vouchers: readonly { readonly series: string; readonly count: number }[];
}

const ONE_PIECE = 10n ** BigInt(QUANTITY_SCALE);

/**
 * What a bill with these lines grants besides points. Pieces of an article are added up over all
 * lines, and only whole ones count; a line without a quantity is one piece. Null when the stamps
 * are more than one command may move.
 */
export function grantsFor(program: Program, lines: readonly BillLine[]): Granted | null {
  const { grants } = program;
  if (grants === undefined) return { stamps: 0, vouchers: [] };
  let stamps = BigInt(grants.stamps.perBill);
  const vouchers = new Map<string, bigint>();
  for (const [sku, quantity] of boughtArticles(lines)) {
    const own = Object.hasOwn(grants.skus, sku) ? grants.skus[sku] : undefined;
    if (own === undefined) continue;
    const times = (per: GrantPer): bigint => (per === "bill" ? 1n : quantity / ONE_PIECE);
    stamps += BigInt(own.stamps.amount) * times(own.stamps.per);
    for (const { series, count, per } of own.vouchers) {
      vouchers.set(series, (vouchers.get(series) ?? 0n) + BigInt(count) * times(per));
    }
  }
  const amount = narrow(stamps);
  return amount === null ? null : { stamps: amount, vouchers: withinLimit(vouchers) };
}

/** Quantities by article, as integers with {@link QUANTITY_SCALE} digits behind the point. */
function boughtArticles(lines: readonly BillLine[]): [string, bigint][] {
  const quantities = new Map<string, bigint>();
  for (const { sku, name, quantity } of lines) {
    const article = sku ?? name;
    if (article === null) continue;
    const bought = quantity === null ? ONE_PIECE : BigInt(quantity);
    quantities.set(article, (quantities.get(article) ?? 0n) + bought);
  }
  return [...quantities].filter(([, quantity]) => quantity > 0n);
}

function withinLimit(vouchers: ReadonlyMap<string, bigint>): Granted["vouchers"] {
  let rest = MAX_BILL_VOUCHERS;
  const granted: { series: string; count: number }[] = [];
  for (const [series, wanted] of vouchers) {
    const count = wanted > BigInt(rest) ? rest : Number(wanted);
    if (count > 0) granted.push({ series, count });
    rest -= count;
  }
  return granted;
}
