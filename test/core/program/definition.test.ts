import { describe, expect, it } from "vitest";
import { MAX_BALANCE } from "../../../src/core/amount.ts";
import type { ProgramDefinition } from "../../../src/core/program/definition.ts";
import {
  defineProgram,
  MAX_CATEGORIES,
  MAX_CATEGORY,
  MAX_TIERS,
  MAX_UNITS,
  warningsOf,
} from "../../../src/core/program/definition.ts";
import { MAX_EXPIRY_DAYS } from "../../../src/core/program/expiry.ts";
import { DEFAULT_PROGRAM } from "../../../src/core/program/program.ts";

function define(given: Partial<ProgramDefinition>) {
  return defineProgram({ earning: { rate: "1" }, ...given });
}

/** Pointers of the faults, in the order in which they are reported. */
function faultsOf(given: Partial<ProgramDefinition>): string[] {
  const defined = define(given);
  if (defined.ok) return [];
  expect(defined.error.map((fault) => fault.code)).toEqual(defined.error.map(() => "invalid"));
  return defined.error.map((fault) => fault.pointer);
}

describe("a programme", () => {
  it("needs nothing but a rate", () => {
    expect(define({})).toEqual({
      ok: true,
      value: {
        earning: { rate: 1_000_000, rounding: "floor", step: 1_000 },
        redemptionRate: null,
        expiry: { kind: "never" },
        tiers: [],
        allowDebt: false,
      },
    });
    expect(define({})).toEqual({ ok: true, value: DEFAULT_PROGRAM });
  });

  it("is read with all that it says", () => {
    const defined = defineProgram({
      earning: { rate: "0.5", rounding: "half_up", step: "0.25" },
      redemption: { rate: "100" },
      expiry: { days: 365 },
      tiers: [
        { name: "Bronze", from: "0" },
        { name: "Gold", from: "1000.50", multiplier: "1.25", benefits: ["lounge"] },
      ],
      allow_debt: true,
    });
    expect(defined).toEqual({
      ok: true,
      value: {
        earning: { rate: 500_000, rounding: "half_up", step: 250 },
        redemptionRate: 100_000_000,
        expiry: { kind: "days", days: 365 },
        tiers: [
          { name: "Bronze", from: 0, multiplier: 1_000_000, benefits: [] },
          { name: "Gold", from: 1_000_500, multiplier: 1_250_000, benefits: ["lounge"] },
        ],
        allowDebt: true,
      },
    });
  });

  it("reports all its faults at once", () => {
    const pointers = faultsOf({
      earning: { rate: "x", step: "0" },
      redemption: { rate: "0" },
      expiry: { days: 0 },
      tiers: [{ name: "", from: "1", multiplier: "-1" }],
    });
    expect(pointers.toSorted()).toEqual([
      "/earning/rate",
      "/earning/step",
      "/expiry/days",
      "/redemption/rate",
      "/tiers/0/from",
      "/tiers/0/multiplier",
      "/tiers/0/name",
    ]);
  });
});

describe("the rates of a programme", () => {
  it.each(["", "x", "-1", "1e3", "1000001", "0.0000001"])("are not %j", (rate) => {
    expect(faultsOf({ earning: { rate } })).toEqual(["/earning/rate"]);
    expect(faultsOf({ redemption: { rate } })).toEqual(["/redemption/rate"]);
  });

  it("may be 0 for earning and not for redemption", () => {
    expect(faultsOf({ earning: { rate: "0" } })).toEqual([]);
    expect(faultsOf({ redemption: { rate: "0" } })).toEqual(["/redemption/rate"]);
  });
});

describe("the categories of a programme", () => {
  const of = (categories: Record<string, string>) => ({ earning: { rate: "1", categories } });

  it("have a rate each, whatever their case and outer blanks", () => {
    expect(define(of({ " Coffee ": "0.5", TEA: "0" }))).toMatchObject({
      value: { earning: { categories: { coffee: 500_000, tea: 0 } } },
    });
  });

  it.each([
    ["no rate", { coffee: "x" }, "/earning/categories/coffee"],
    ["no name", { "  ": "1" }, "/earning/categories/  "],
    ["a pointer's signs in the name", { "a/b~c": "x" }, "/earning/categories/a~1b~0c"],
    ["one name twice", { coffee: "1", "COFFEE ": "2" }, "/earning/categories/COFFEE "],
  ])("are refused with %s", (_, categories, pointer) => {
    expect(faultsOf(of(categories as Record<string, string>))).toEqual([pointer]);
  });

  it("have names that are not too long", () => {
    expect(faultsOf(of({ ["c".repeat(MAX_CATEGORY)]: "1" }))).toEqual([]);
    expect(faultsOf(of({ ["c".repeat(MAX_CATEGORY + 1)]: "1" }))).toHaveLength(1);
  });

  it("are not too many", () => {
    const some = (count: number) =>
      of(Object.fromEntries(Array.from({ length: count }, (_, i) => [`c${i}`, "1"])));
    expect(faultsOf(some(MAX_CATEGORIES))).toEqual([]);
    expect(faultsOf(some(MAX_CATEGORIES + 1))).toEqual(["/earning/categories"]);
  });
});

describe("a programme that gives back", () => {
  const warnings = (rate: string, redemption?: string) => {
    const defined = defineProgram({
      earning: { rate },
      ...(redemption === undefined ? {} : { redemption: { rate: redemption } }),
    });
    if (!defined.ok) throw new Error("the programme is sound");
    return warningsOf(defined.value).map(({ pointer, code, detail }) => [pointer, code, detail]);
  };

  it("less than half of a purchase looks sound", () => {
    expect(warnings("49.99", "100")).toEqual([]);
    expect(warnings("1", "100")).toEqual([]);
    expect(warnings("1000")).toEqual([]);
  });

  it.each([
    ["50", "100", "50 percent"],
    ["150.5", "100", "150 percent"],
  ])("half of it or more looks like a mistake: %s for %s", (rate, redemption, detail) => {
    expect(warnings(rate, redemption)).toEqual([
      ["/earning/rate", "generous", expect.stringContaining(detail)],
    ]);
  });
});

describe("the step of a programme", () => {
  it.each(["0", "-1", "0.0001", "", "x"])("is not %j", (step) => {
    expect(faultsOf({ earning: { rate: "1", step } })).toEqual(["/earning/step"]);
  });

  it("is the smallest step of points at least", () => {
    expect(define({ earning: { rate: "1", step: "0.001" } })).toMatchObject({
      value: { earning: { step: 1 } },
    });
  });
});

describe("the expiry of a programme", () => {
  it.each([
    [{}, { kind: "never" }],
    [{ days: 1 }, { kind: "days", days: 1 }],
    [{ days: MAX_EXPIRY_DAYS }, { kind: "days", days: MAX_EXPIRY_DAYS }],
    [{ date: "2028-02-29" }, { kind: "date", date: "2028-02-29" }],
  ])("%j is %j", (expiry, defined) => {
    expect(define({ expiry })).toMatchObject({ value: { expiry: defined } });
  });

  it.each([0, -1, 1.5, MAX_EXPIRY_DAYS + 1, Number.NaN])("is not %d days", (days) => {
    expect(faultsOf({ expiry: { days } })).toEqual(["/expiry/days"]);
  });

  it.each(["2026-02-29", "2026-13-01", "2026-1-1", "01.01.2026", ""])("is not on %j", (date) => {
    expect(faultsOf({ expiry: { date } })).toEqual(["/expiry/date"]);
  });

  it("is given in one way", () => {
    expect(faultsOf({ expiry: { days: 5, date: "2026-12-31" } })).toEqual(["/expiry"]);
  });
});

describe("the tiers of a programme", () => {
  const bronze = { name: "Bronze", from: "0" };

  it.each(["1", "0.01"])("begin at 0 and not at %s", (from) => {
    expect(faultsOf({ tiers: [{ name: "Bronze", from }] })).toEqual(["/tiers/0/from"]);
  });

  it.each(["", "x", "-1", "1.2345", "1000000000000000000000000"])("are not from %j", (from) => {
    expect(faultsOf({ tiers: [{ name: "Bronze", from }] })).toEqual(["/tiers/0/from"]);
    expect(faultsOf({ tiers: [bronze, { name: "Silver", from }] })).toEqual(["/tiers/1/from"]);
  });

  it("begin where a balance can still be", () => {
    const top = (from: string) => [bronze, { name: "Top", from }];
    expect(faultsOf({ tiers: top(`${MAX_BALANCE / 1_000}`) })).toEqual([]);
    expect(faultsOf({ tiers: top(`${MAX_BALANCE / 1_000}.001`) })).toEqual(["/tiers/1/from"]);
  });

  it("rise", () => {
    const from = (...starts: string[]) =>
      faultsOf({ tiers: starts.map((start, i) => ({ name: `tier ${i}`, from: start })) });
    expect(from("0", "1", "2")).toEqual([]);
    expect(from("0", "2", "2")).toEqual(["/tiers/2/from"]);
    expect(from("0", "2", "1")).toEqual(["/tiers/2/from"]);
    expect(from("0", "0")).toEqual(["/tiers/1/from"]);
  });

  it("have names that differ", () => {
    const tiers = [bronze, { name: "Silver", from: "1" }, { name: "Bronze", from: "2" }];
    expect(faultsOf({ tiers })).toEqual(["/tiers/2/name"]);
    expect(faultsOf({ tiers: [{ name: "", from: "0" }] })).toEqual(["/tiers/0/name"]);
  });

  it("may promise priority service", () => {
    const tiers = [
      { ...bronze, priority_service: false },
      { name: "Gold", from: "1", priority_service: true },
    ];
    const defined = define({ tiers });
    if (!defined.ok) throw new Error("the tiers are sound");
    expect(defined.value.tiers.map((tier) => tier.priorityService ?? false)).toEqual([false, true]);
  });

  it("have a rate to multiply with", () => {
    expect(faultsOf({ tiers: [{ ...bronze, multiplier: "x" }] })).toEqual(["/tiers/0/multiplier"]);
  });

  it("are not too many", () => {
    const tiers = Array.from({ length: MAX_TIERS + 1 }, (_, i) => ({ name: `${i}`, from: `${i}` }));
    expect(faultsOf({ tiers })).toEqual(["/tiers"]);
    expect(
      faultsOf({ tiers: tiers.slice(1).map((tier, i) => ({ ...tier, from: `${i}` })) }),
    ).toEqual([]);
  });
});

describe("the units of a programme's own", () => {
  const mile = { code: "mile", name: "Miles", scale: 1 };

  it("are named by codes and have their own digits", () => {
    const units = [mile, { code: "kg_co2", name: "Saved", scale: 3 }];
    expect(define({ units })).toMatchObject({ ok: true, value: { units } });
    expect(define({})).not.toHaveProperty("value.units");
  });

  it.each(["", "Mile", "1st", "own:mile", "a-b", "x".repeat(33)])("have no code %j", (code) => {
    expect(faultsOf({ units: [{ ...mile, code }] })).toEqual(["/units/0/code"]);
  });

  it("differ in their codes and have names", () => {
    expect(faultsOf({ units: [mile, { ...mile, name: "Others" }] })).toEqual(["/units/1/code"]);
    expect(faultsOf({ units: [{ ...mile, name: "" }] })).toEqual(["/units/0/name"]);
  });

  it.each([-1, 4, 0.5])("have no scale of %d", (scale) => {
    expect(faultsOf({ units: [{ ...mile, scale }] })).toEqual(["/units/0/scale"]);
  });

  it("are not too many", () => {
    const units = Array.from({ length: MAX_UNITS + 1 }, (_, i) => ({ ...mile, code: `u${i}` }));
    expect(faultsOf({ units })).toEqual(["/units"]);
    expect(faultsOf({ units: units.slice(1) })).toEqual([]);
  });
});
