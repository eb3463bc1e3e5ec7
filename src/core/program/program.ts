import type { Rate, Rounding, Unit } from "../amount.ts";
import { formatShortDecimal, MAX_BALANCE, parseDecimal, parseRate, unitScale } from "../amount.ts";
import type { Fault } from "../errors.ts";
import { pointerPart } from "../errors.ts";
import type { Result } from "../result.ts";
import { err, ok } from "../result.ts";
import type { Grants, GrantsDefinition } from "./grants.ts";
import { defineGrants } from "./grants.ts";

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
    /** What the earned amount is rounded to, in the smallest step: 100 is whole points. */
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
}

/** How long something lives, as it stands on the wire: for ever when it says nothing. */
export interface ExpiryDefinition {
  readonly days?: number | undefined;
  readonly date?: string | undefined;
}

/** A programme as it stands on the wire and in storage: amounts and rates are decimal texts. */
export interface ProgramDefinition {
  readonly earning: {
    readonly rate: string;
    readonly rounding?: Rounding | undefined;
    readonly step?: string | undefined;
    /** Points per currency unit that a category's lines earn besides. */
    readonly categories?: Readonly<Record<string, string>> | undefined;
  };
  readonly redemption?:
    | { readonly rate: string; readonly unique_references?: boolean | undefined }
    | undefined;
  readonly expiry?: ExpiryDefinition | undefined;
  readonly tiers?: readonly TierDefinition[] | undefined;
  readonly allow_debt?: boolean | undefined;
  readonly grants?: GrantsDefinition | undefined;
}

/** A tier of a {@link ProgramDefinition}. */
export interface TierDefinition {
  readonly name: string;
  readonly from: string;
  readonly multiplier?: string | undefined;
  readonly benefits?: readonly string[] | undefined;
  readonly priority_service?: boolean | undefined;
}

/** The rules of a merchant that has defined none: a point per currency unit, for ever. */
export const DEFAULT_PROGRAM: Program = {
  earning: { rate: 1_000_000, rounding: "floor", step: 100 },
  redemptionRate: null,
  expiry: { kind: "never" },
  tiers: [],
  allowDebt: false,
};

/** Most tiers that a programme may have. */
export const MAX_TIERS = 20;

/** Most categories that a programme may name. */
export const MAX_CATEGORIES = 200;

/** Longest name of a category. */
export const MAX_CATEGORY = 255;

/** Longest life of points in days: a hundred years. */
export const MAX_EXPIRY_DAYS = 36_525;

const POINT_SCALE = unitScale("point", "");
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Checks a programme's definition and turns it into the form that rules work with. All faults are
 * reported at once, with pointers into the definition.
 */
export function defineProgram(definition: ProgramDefinition): Result<Program, readonly Fault[]> {
  const faults: Fault[] = [];
  const fault = (pointer: string, detail: string, code = "invalid"): void => {
    // A field that could not be read breaks later rules only by its stand-in.
    if (!faults.some((earlier) => earlier.pointer === pointer)) {
      faults.push({ pointer, code, detail });
    }
  };
  const rateAt = (pointer: string, text: string): Rate => {
    const rate = parseRate(text);
    if (rate === null) fault(pointer, "must be a decimal from 0 to 1000000, six digits at most");
    return rate ?? 0;
  };
  const rate = rateAt("/earning/rate", definition.earning.rate);
  const step = parseDecimal(definition.earning.step ?? "1", POINT_SCALE);
  if (step === null || step <= 0) fault("/earning/step", "must be a positive amount of points");
  const redemption = definition.redemption;
  const redemptionRate = redemption ? rateAt("/redemption/rate", redemption.rate) : null;
  if (redemptionRate === 0) fault("/redemption/rate", "must be greater than 0");
  const categories = defineCategories(definition.earning.categories, rateAt, fault);
  const rounding = definition.earning.rounding ?? "floor";
  const expiryAt = (pointer: string, text: ExpiryDefinition | undefined): Expiry =>
    defineExpiry(pointer, text, fault);
  const expiry = expiryAt("/expiry", definition.expiry);
  const { grants } = definition;
  const program: Program = {
    earning: { rate, rounding, step: step ?? 1, ...categories },
    redemptionRate,
    ...(redemption?.unique_references === true ? { uniqueReferences: true } : {}),
    expiry,
    tiers: defineTiers(definition.tiers ?? [], rateAt, fault),
    allowDebt: definition.allow_debt ?? false,
    ...(grants === undefined ? {} : { grants: defineGrants(grants, expiry, { fault, expiryAt }) }),
  };
  return faults.length === 0 ? ok(program) : err(faults);
}

function defineExpiry(
  pointer: string,
  expiry: ExpiryDefinition | undefined,
  fault: (pointer: string, detail: string) => void,
): Expiry {
  if (expiry?.days === undefined && expiry?.date === undefined) return { kind: "never" };
  if (expiry.days !== undefined && expiry.date !== undefined) {
    fault(pointer, "must have either days or date");
  }
  if (expiry.date !== undefined) {
    if (!isDate(expiry.date)) fault(`${pointer}/date`, "must be a calendar date, YYYY-MM-DD");
    return { kind: "date", date: expiry.date };
  }
  const days = expiry.days ?? 0;
  if (!Number.isSafeInteger(days) || days < 1 || days > MAX_EXPIRY_DAYS) {
    fault(`${pointer}/days`, `must be a whole number from 1 to ${MAX_EXPIRY_DAYS}`);
  }
  return { kind: "days", days };
}

function defineTiers(
  tiers: readonly TierDefinition[],
  rateAt: (pointer: string, text: string) => Rate,
  fault: (pointer: string, detail: string) => void,
): readonly Tier[] {
  if (tiers.length > MAX_TIERS) fault("/tiers", `must have at most ${MAX_TIERS} tiers`);
  const defined = tiers.map((tier, i) => {
    const from = parseDecimal(tier.from, POINT_SCALE);
    if (from === null || from < 0 || from > MAX_BALANCE) {
      fault(`/tiers/${i}/from`, "must be an amount of points, 0 or more");
    }
    if (tier.name === "") fault(`/tiers/${i}/name`, "must not be empty");
    return {
      name: tier.name,
      from: from ?? 0,
      multiplier: rateAt(`/tiers/${i}/multiplier`, tier.multiplier ?? "1"),
      benefits: tier.benefits ?? [],
      ...(tier.priority_service === true ? { priorityService: true } : {}),
    };
  });
  const [first] = defined;
  if (first !== undefined && first.from !== 0) fault("/tiers/0/from", "must be 0");
  for (const [i, tier] of defined.entries()) {
    const before = defined[i - 1];
    if (before !== undefined && tier.from <= before.from) {
      fault(`/tiers/${i}/from`, "must be greater than that of the tier before");
    }
    if (defined.findIndex((other) => other.name === tier.name) !== i) {
      fault(`/tiers/${i}/name`, "must differ from every other tier's name");
    }
  }
  return defined;
}

/** Tills spell categories in their own way: without regard to case and outer blanks. */
export function categoryKey(category: string): string {
  return category.trim().toLowerCase();
}

function defineCategories(
  categories: Readonly<Record<string, string>> | undefined,
  rateAt: (pointer: string, text: string) => Rate,
  fault: (pointer: string, detail: string) => void,
): { readonly categories?: Readonly<Record<string, Rate>> } {
  if (categories === undefined) return {};
  const root = "/earning/categories";
  const named = Object.entries(categories);
  if (named.length > MAX_CATEGORIES) fault(root, `must have at most ${MAX_CATEGORIES} categories`);
  const rates = new Map<string, Rate>();
  for (const [name, rate] of named) {
    const pointer = `${root}/${pointerPart(name)}`;
    const key = categoryKey(name);
    if (key === "" || name.length > MAX_CATEGORY) {
      fault(pointer, `must have a name of 1 to ${MAX_CATEGORY} characters`);
    }
    if (rates.has(key)) fault(pointer, "must differ from every other category by more than case");
    rates.set(key, rateAt(pointer, rate));
  }
  return { categories: Object.fromEntries(rates) };
}

/** From this share of a purchase on, what it gives back looks like a mistake. */
const GENEROUS_RETURN = { share: 1, of: 2 };

/**
 * What of a sound programme looks like a mistake, with pointers into its definition: points that
 * give half of a purchase back or more.
 */
export function warningsOf(program: Program): readonly Fault[] {
  const { earning, redemptionRate } = program;
  if (redemptionRate === null) return [];
  const { share, of } = GENEROUS_RETURN;
  if (earning.rate * of < redemptionRate * share) return [];
  const percent = Math.floor((100 * earning.rate) / redemptionRate);
  const detail = `gives ${percent} percent of a purchase back: earning.rate ÷ redemption.rate`;
  return [{ pointer: "/earning/rate", code: "generous", detail }];
}

/** Whether the text is a day of the calendar in the form `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}

/** An amount of a unit as people read it: points `12.5`, stamps `3`. */
export function displayAmount(amount: number, unit: Unit, currency: string): string {
  return formatShortDecimal(amount, unitScale(unit, currency));
}
