import type { Rate, Rounding, UnitDefinition } from "../amount.ts";
import { MAX_BALANCE, POINT_SCALE, parseDecimal, parseRate } from "../amount.ts";
import type { Fault } from "../errors.ts";
import { pointerPart } from "../errors.ts";
import type { Result } from "../result.ts";
import { err, ok } from "../result.ts";
import type { ExpiryDefinition, ReportFault } from "./expiry.ts";
import { defineExpiry } from "./expiry.ts";
import type { GrantsDefinition } from "./grants.ts";
import { defineGrants } from "./grants.ts";
import type { Program, Tier } from "./program.ts";
import { categoryKey } from "./program.ts";

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
  readonly units?: readonly UnitDefinition[] | undefined;
}

/** A tier of a {@link ProgramDefinition}. */
export interface TierDefinition {
  readonly name: string;
  readonly from: string;
  readonly multiplier?: string | undefined;
  readonly benefits?: readonly string[] | undefined;
  readonly priority_service?: boolean | undefined;
}

/** Most tiers that a programme may have. */
export const MAX_TIERS = 20;

/** Most units of its own that a programme may have. */
export const MAX_UNITS = 20;

/** Most digits behind the decimal point of a programme's own unit. */
export const MAX_UNIT_SCALE = 3;

/** Most categories that a programme may name. */
export const MAX_CATEGORIES = 200;

/** Longest name of a category. */
export const MAX_CATEGORY = 255;

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
  const expiry = defineExpiry("/expiry", definition.expiry, fault);
  const { grants, units } = definition;
  const program: Program = {
    earning: { rate, rounding, step: step ?? 1, ...categories },
    redemptionRate,
    ...(redemption?.unique_references === true ? { uniqueReferences: true } : {}),
    expiry,
    tiers: defineTiers(definition.tiers ?? [], rateAt, fault),
    allowDebt: definition.allow_debt ?? false,
    ...(grants === undefined ? {} : { grants: defineGrants(grants, expiry, fault) }),
    ...(units === undefined ? {} : { units: defineUnits(units, fault) }),
  };
  return faults.length === 0 ? ok(program) : err(faults);
}

function defineTiers(
  tiers: readonly TierDefinition[],
  rateAt: (pointer: string, text: string) => Rate,
  fault: ReportFault,
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

const UNIT_CODE = /^[a-z][a-z0-9_]{0,31}$/;

function defineUnits(
  units: readonly UnitDefinition[],
  fault: ReportFault,
): readonly UnitDefinition[] {
  if (units.length > MAX_UNITS) fault("/units", `must have at most ${MAX_UNITS} units`);
  for (const [i, { code, name, scale }] of units.entries()) {
    if (!UNIT_CODE.test(code)) {
      fault(`/units/${i}/code`, "must be a small letter and up to 31 small letters, digits or _");
    }
    if (units.findIndex((other) => other.code === code) !== i) {
      fault(`/units/${i}/code`, "must differ from every other unit's code");
    }
    if (name === "") fault(`/units/${i}/name`, "must not be empty");
    if (!Number.isInteger(scale) || scale < 0 || scale > MAX_UNIT_SCALE) {
      fault(`/units/${i}/scale`, `must be a whole number from 0 to ${MAX_UNIT_SCALE}`);
    }
  }
  return units;
}

function defineCategories(
  categories: Readonly<Record<string, string>> | undefined,
  rateAt: (pointer: string, text: string) => Rate,
  fault: ReportFault,
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
