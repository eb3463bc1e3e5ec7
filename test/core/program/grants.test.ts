import { describe, expect, it } from "vitest";
import { defineProgram } from "../../../src/core/program/definition.ts";
import type { GrantsDefinition } from "../../../src/core/program/grants.ts";
import {
  MAX_BILL_VOUCHERS,
  MAX_SERIES_KEY,
  MAX_SKU,
  MAX_SKU_SERIES,
  MAX_SKUS,
  MAX_STAMPS,
} from "../../../src/core/program/grants.ts";
import type { Program } from "../../../src/core/program/program.ts";

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
