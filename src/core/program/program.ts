import type { Rate, Rounding, UnitDefinition } from "../amount.ts";
import { RATE_SCALE, WHOLE_POINT } from "../amount.ts";

/** A level that a customer reaches by lifetime points. */
export interface Tier {
  readonly name: string;
  /** Lifetime points at which the tier begins, in the smallest step. */
  readonly from: number;
  /** Multiplies the base rate of what a customer of this tier earns. */
  readonly multiplier: Rate;
  readonly benefits: readonly string[];
  /** Whether customers of this tier are served first. */
  readonly priorityService?: boolean;
}

/** How long earned points live. */
export type Expiry =
  | { readonly kind: "never" }
  /** To the end of the business day so many days after the day they were earned. */
  | { readonly kind: "days"; readonly days: number }
  /** To the end of a fixed business day, `YYYY-MM-DD`. */
  | { readonly kind: "date"; readonly date: string };

/**
 * A merchant's rules, validated and plain, so that they cross RPC and lie in a cache. Money rates
 * count points per whole currency unit.
 */
export interface Program {
  readonly earning: {
    readonly rate: Rate;
    readonly rounding: Rounding;
    /** What the earned amount is rounded to, in the smallest step: 1,000 is whole points. */
    readonly step: number;
    /** Points that a line of a bill earns besides, by its category (see {@link categoryKey}). */
    readonly categories?: Readonly<Record<string, Rate>>;
  };
  /** Points that are worth one currency unit when they are spent; null: not worth money. */
  readonly redemptionRate: Rate | null;
  /** Whether a till's number is good for one redemption only, where its dialect allows more. */
  readonly uniqueReferences?: boolean;
  readonly expiry: Expiry;
  /** Ascending by `from`; the first begins at 0. */
  readonly tiers: readonly Tier[];
  /** Whether taking back earned points may leave a debt that the next earn pays. */
  readonly allowDebt: boolean;
  /** What a bill grants besides points; absent: nothing. */
  readonly grants?: Grants;
  /** Units of its own; absent: none. */
  readonly units?: readonly UnitDefinition[];
}

/** What a grant can count by. */
export const GRANT_PERS = ["bill", "item"] as const;

/** How often a grant counts: once for a bill that has the article, or for every whole piece. */
export type GrantPer = (typeof GRANT_PERS)[number];

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

/** The rules of a merchant that has defined none: a point per currency unit, for ever. */
export const DEFAULT_PROGRAM: Program = {
  earning: { rate: 1_000_000, rounding: "floor", step: WHOLE_POINT },
  redemptionRate: null,
  expiry: { kind: "never" },
  tiers: [],
  allowDebt: false,
};

const tier = (name: string, points: number): Tier => ({
  name,
  from: points * WHOLE_POINT,
  multiplier: 10 ** RATE_SCALE,
  benefits: [],
});

/** The rules of a merchant whose loyalty group was made by a call and that has defined none. */
const GROUP_PROGRAM: Program = {
  ...DEFAULT_PROGRAM,
  tiers: [tier("BRONZE", 0), tier("SILVER", 1_000), tier("GOLD", 5_000)],
};

/** The rules of a merchant that has defined none. */
export function programWithout(merchant: { readonly groupCode: string | null }): Program {
  return merchant.groupCode === null ? DEFAULT_PROGRAM : GROUP_PROGRAM;
}

/** Tills spell categories in their own way: without regard to case and outer blanks. */
export function categoryKey(category: string): string {
  return category.trim().toLowerCase();
}
