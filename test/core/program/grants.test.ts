import { describe, expect, it } from "vitest";
import type { BillLine } from "../../../src/core/ledger/entries.ts";
import type { GrantsDefinition } from "../../../src/core/program/grants.ts";
import {
  grantsFor,
  MAX_BILL_VOUCHERS,
  MAX_SERIES_KEY,
  MAX_SKU,
  MAX_SKU_SERIES,
  MAX_SKUS,
  MAX_STAMPS,
} from "../../../src/core/program/grants.ts";
import type { Program } from "../../../src/core/program/program.ts";
import { defineProgram } from "../../../src/core/program/program.ts";
import { program } from "../../support/requests.ts";

function define(grants: GrantsDefinition, expiry?: { readonly days: number }) {
  return defineProgram({ earning: { rate: "1" }, grants, expiry });
}

/** A programme with these grants, which must be sound. */
function granting(grants: GrantsDefinition): Program {
  const defined = define(grants);
  if (!defined.ok) throw new Error(JSON.stringify(defined.error));
  return defined.value;
}

/** Pointers of the faults, in the order in which they are reported. */
function faultsOf(grants: GrantsDefinition): string[] {
  const defined = define(grants);
  return defined.ok ? [] : defined.error.map((fault) => fault.pointer);
}

/** A line of so many pieces; null: the till tells no quantity. */
function line(sku: string | null, pieces: number | null = 1): BillLine {
  const quantity = pieces === null ? null : pieces * 10_000;
  return { category: null, sku, name: null, quantity, amount: 100 };
}

const vouchersOf = (given: Program, ...lines: readonly BillLine[]) =>
  grantsFor(given, lines)?.vouchers;
const stampsOf = (given: Program, ...lines: readonly BillLine[]) => grantsFor(given, lines)?.stamps;

describe("the definition of grants", () => {
  it("is read with all that it says, and with what it leaves open", () => {
    const skus = {
      SKU_1: { vouchers: [{ series: "vp-rm10" }] },
      SKU_2: {
        stamps: { amount: "2", per: "item" as const },
        vouchers: [{ series: "vp-rm25", count: 3, per: "item" as const }],
      },
    };
    expect(granting({ stamps: { per_bill: "1", expiry: { days: 30 } }, skus }).grants).toEqual({
      stamps: { perBill: 1, expiry: { kind: "days", days: 30 } },
      skus: {
        SKU_1: {
          stamps: { amount: 0, per: "bill" },
          vouchers: [{ series: "vp-rm10", count: 1, per: "bill" }],
        },
        SKU_2: {
          stamps: { amount: 2, per: "item" },
          vouchers: [{ series: "vp-rm25", count: 3, per: "item" }],
        },
      },
    });
  });

  it("lets stamps live as long as points unless it says otherwise", () => {
    const expiries = [{}, { stamps: {} }, { stamps: { expiry: {} } }].map((grants) => {
      const defined = define(grants, { days: 90 });
      return defined.ok ? defined.value.grants?.stamps.expiry : defined;
    });
    const days = { kind: "days", days: 90 };
    expect(expiries).toEqual([days, days, { kind: "never" }]);
  });

  it("names every fault with its pointer", () => {
    const long = "x".repeat(MAX_SKU + 1);
    const vouchers = [
      { series: "", count: 0 },
      { series: "x".repeat(MAX_SERIES_KEY + 1), count: MAX_BILL_VOUCHERS + 1 },
      { series: "a", count: 1.5 },
    ];
    expect(
      faultsOf({
        stamps: { per_bill: String(MAX_STAMPS + 1), expiry: { days: 0 } },
        skus: { "a/b~c": { stamps: { amount: "0.5" }, vouchers }, [long]: {}, "": {} },
      }),
    ).toEqual([
      "/grants/stamps/per_bill",
      "/grants/stamps/expiry/days",
      "/grants/skus/a~1b~0c/stamps/amount",
      "/grants/skus/a~1b~0c/vouchers/0/series",
      "/grants/skus/a~1b~0c/vouchers/0/count",
      "/grants/skus/a~1b~0c/vouchers/1/series",
      "/grants/skus/a~1b~0c/vouchers/1/count",
      "/grants/skus/a~1b~0c/vouchers/2/count",
      `/grants/skus/${long}`,
      "/grants/skus/",
    ]);
  });

  it("has at most so many SKUs and series", () => {
    const skus = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`S${i}`, {}]));
    const series = (count: number) => Array.from({ length: count }, () => ({ series: "a" }));
    expect(faultsOf({ skus: skus(MAX_SKUS) })).toEqual([]);
    expect(faultsOf({ skus: skus(MAX_SKUS + 1) })).toEqual(["/grants/skus"]);
    expect(faultsOf({ skus: { S: { vouchers: series(MAX_SKU_SERIES) } } })).toEqual([]);
    expect(faultsOf({ skus: { S: { vouchers: series(MAX_SKU_SERIES + 1) } } })).toEqual([
      "/grants/skus/S/vouchers",
    ]);
  });
});

describe("what a bill is granted", () => {
  it("is nothing without a rule", () => {
    expect(grantsFor(program(), [line("A")])).toEqual({ stamps: 0, vouchers: [] });
    expect(grantsFor(granting({}), [line("A")])).toEqual({ stamps: 0, vouchers: [] });
  });

  it("are the stamps of every bill, whatever it has", () => {
    const rules = granting({ stamps: { per_bill: "2" } });
    expect([stampsOf(rules), stampsOf(rules, line("A", 9), line(null))]).toEqual([2, 2]);
  });

  it("counts an article once, or for every whole piece on all its lines", () => {
    const rules = granting({
      stamps: { per_bill: "1" },
      skus: {
        ONCE: { stamps: { amount: "10" }, vouchers: [{ series: "once", count: 2 }] },
        EACH: {
          stamps: { amount: "100", per: "item" },
          vouchers: [{ series: "each", count: 2, per: "item" }],
        },
      },
    });
    const lines = [line("ONCE", 3), line("EACH", 1.5), line("EACH", 1.5), line("EACH", null)];
    expect(grantsFor(rules, lines)).toEqual({
      stamps: 1 + 10 + 400,
      vouchers: [
        { series: "once", count: 2 },
        { series: "each", count: 8 },
      ],
    });
  });

  it("tells an article by its SKU letter by letter", () => {
    const rules = granting({ skus: { SKU_1: { stamps: { amount: "1" } } } });
    const others = ["sku_1", "SKU_1 ", "SKU_10", "constructor", "__proto__", null];
    expect(stampsOf(rules, ...others.map((sku) => line(sku)))).toBe(0);
    expect(stampsOf(rules, line("SKU_1"))).toBe(1);
  });

  it("leaves out an article of which nothing was bought, or as much given back", () => {
    const rules = granting({
      skus: { A: { stamps: { amount: "1" }, vouchers: [{ series: "v", per: "item" }] } },
    });
    expect(grantsFor(rules, [line("A", 0)])).toEqual({ stamps: 0, vouchers: [] });
    expect(grantsFor(rules, [line("A", 2), line("A", -2)])).toEqual({ stamps: 0, vouchers: [] });
    expect(grantsFor(rules, [line("A", 0.5)])).toEqual({ stamps: 1, vouchers: [] });
  });

  it("adds up vouchers of one series that several articles grant", () => {
    const own = { vouchers: [{ series: "v", count: 2 }] };
    const rules = granting({ skus: { A: own, B: own } });
    expect(vouchersOf(rules, line("A"), line("B"))).toEqual([{ series: "v", count: 4 }]);
  });

  it("ends at the most vouchers that a bill may grant, in the order of its lines", () => {
    const each = (series: string) => ({ vouchers: [{ series, per: "item" as const }] });
    const rules = granting({ skus: { A: each("a"), B: each("b"), C: each("c") } });
    const most = MAX_BILL_VOUCHERS;
    expect(vouchersOf(rules, line("B", most - 1), line("A", 5), line("C", 5))).toEqual([
      { series: "b", count: most - 1 },
      { series: "a", count: 1 },
    ]);
    expect(vouchersOf(rules, line("A", 1e10))).toEqual([{ series: "a", count: most }]);
  });

  it("is not known when the stamps are more than a command may move", () => {
    const rules = granting({ skus: { A: { stamps: { amount: "1000", per: "item" } } } });
    expect(stampsOf(rules, line("A", 1e10))).toBe(1e13);
    expect(grantsFor(rules, [line("A", 1e10), line("A", 1)])).toBeNull();
  });
});
