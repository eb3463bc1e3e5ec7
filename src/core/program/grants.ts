import { parseDecimal, unitScale } from "../amount.ts";
import { pointerPart } from "../errors.ts";
import type { ExpiryDefinition, ReportFault } from "./expiry.ts";
import { defineExpiry } from "./expiry.ts";
import type { Expiry, GrantPer, Grants, SkuGrants } from "./program.ts";

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

/** Checks the definition of what a bill grants; `points` is how long points live. */
export function defineGrants(
  definition: GrantsDefinition,
  points: Expiry,
  fault: ReportFault,
): Grants {
  const { stamps = {}, skus = {} } = definition;
  const perBill = stampsAt("/grants/stamps/per_bill", stamps.per_bill ?? "0", fault);
  const expiry =
    stamps.expiry === undefined
      ? points
      : defineExpiry("/grants/stamps/expiry", stamps.expiry, fault);
  const named = Object.entries(skus);
  if (named.length > MAX_SKUS) fault("/grants/skus", `must have at most ${MAX_SKUS} SKUs`);
  const defined = named.map(([sku, own]) => {
    const pointer = `/grants/skus/${pointerPart(sku)}`;
    if (sku === "" || sku.length > MAX_SKU) {
      fault(pointer, `must have a SKU of 1 to ${MAX_SKU} characters`);
    }
    return [sku, defineSku(pointer, own, fault)] as const;
  });
  return { stamps: { perBill, expiry }, skus: Object.fromEntries(defined) };
}

function defineSku(pointer: string, own: SkuDefinition, fault: ReportFault): SkuGrants {
  const { stamps = { amount: "0" }, vouchers = [] } = own;
  if (vouchers.length > MAX_SKU_SERIES) {
    fault(`${pointer}/vouchers`, `must name at most ${MAX_SKU_SERIES} series`);
  }
  return {
    stamps: {
      amount: stampsAt(`${pointer}/stamps/amount`, stamps.amount, fault),
      per: stamps.per ?? "bill",
    },
    vouchers: vouchers.map(({ series, count = 1, per = "bill" }, i) => {
      if (series === "" || series.length > MAX_SERIES_KEY) {
        const detail = `must be a series' key of 1 to ${MAX_SERIES_KEY} characters`;
        fault(`${pointer}/vouchers/${i}/series`, detail);
      }
      if (!Number.isSafeInteger(count) || count < 1 || count > MAX_BILL_VOUCHERS) {
        const detail = `must be a whole number from 1 to ${MAX_BILL_VOUCHERS}`;
        fault(`${pointer}/vouchers/${i}/count`, detail);
      }
      return { series, count, per };
    }),
  };
}

function stampsAt(pointer: string, text: string, fault: ReportFault): number {
  const stamps = parseDecimal(text, unitScale("stamp", ""));
  if (stamps !== null && stamps >= 0 && stamps <= MAX_STAMPS) return stamps;
  fault(pointer, `must be a whole number of stamps from 0 to ${MAX_STAMPS}`);
  return 0;
}
