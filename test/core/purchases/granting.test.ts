import { describe, expect, it } from "vitest";
import type { BillLine } from "../../../src/core/ledger/entries.ts";
import { defineProgram } from "../../../src/core/program/definition.ts";
import type { GrantsDefinition } from "../../../src/core/program/grants.ts";
import { MAX_BILL_VOUCHERS } from "../../../src/core/program/grants.ts";
import type { Program } from "../../../src/core/program/program.ts";
import { grantsFor } from "../../../src/core/purchases/granting.ts";
import { program } from "../../support/requests.ts";

/** A programme with these grants, which must be sound. */
function granting(grants: GrantsDefinition): Program {
  const defined = defineProgram({ earning: { rate: "1" }, grants });
  if (!defined.ok) throw new Error(JSON.stringify(defined.error));
  return defined.value;
}

/** A line of so many pieces; null: the till tells no quantity. */
function line(sku: string | null, pieces: number | null = 1): BillLine {
  const quantity = pieces === null ? null : pieces * 10_000;
  return { category: null, sku, name: null, quantity, amount: 100 };
}

const vouchersOf = (given: Program, ...lines: readonly BillLine[]) =>
  grantsFor(given, lines)?.vouchers;
const stampsOf = (given: Program, ...lines: readonly BillLine[]) => grantsFor(given, lines)?.stamps;

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
