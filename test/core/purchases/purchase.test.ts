import { describe, expect, it } from "vitest";
import type { BillLine } from "../../../src/core/ledger/entries.ts";
import type { Grants } from "../../../src/core/program/program.ts";
import { pointsForBill } from "../../../src/core/purchases/earning.ts";
import { grantsForPurchase } from "../../../src/core/purchases/granting.ts";
import { accept, MemoryLedger } from "../../support/ledger.ts";
import { bill, program, purchaseOf } from "../../support/requests.ts";

const euros = (amount: number) => ({ amount, currency: "EUR" });

const line = (given: Partial<BillLine>): BillLine => ({
  category: null,
  sku: null,
  name: null,
  quantity: null,
  amount: 100,
  ...given,
});

const grants: Grants = {
  stamps: { perBill: 1, expiry: { kind: "never" } },
  skus: {
    tea: {
      stamps: { amount: 2, per: "item" },
      vouchers: [{ series: "v", count: 1, per: "item" }],
    },
  },
};
const rules = program({ grants });
const granted = (amount: number, ...lines: readonly BillLine[]) =>
  grantsForPurchase(rules, purchaseOf(euros(amount), { lines }));

describe("what a purchase grants", () => {
  it("is nothing for a return, whatever it was given along", () => {
    expect(granted(-1, line({ sku: "tea" }))).toEqual({ stamps: 0, vouchers: [] });
    expect(granted(0, line({ sku: "tea" }))?.stamps).toBe(3);
  });

  it("goes by an article's name where the till tells no SKU, and else by the SKU alone", () => {
    const [named, numbered] = [line({ name: "tea" }), line({ sku: "4711", name: "tea" })];
    expect(granted(100, named, named)).toEqual({
      stamps: 5,
      vouchers: [{ series: "v", count: 2 }],
    });
    expect(granted(100, numbered)).toEqual({ stamps: 1, vouchers: [] });
    expect(granted(100, named, line({ sku: "tea" }))?.stamps).toBe(5);
  });

  it("is nothing where the programme names nothing", () => {
    const bought = purchaseOf(euros(100), { lines: [line({ sku: "tea" })] });
    expect(grantsForPurchase(program(), bought)).toEqual({ stamps: 0, vouchers: [] });
  });
});

describe("a bill in the ledger", () => {
  it("earns by the rule that it names, and otherwise by the programme", () => {
    const byType = { earning: { by: "customer_type", every: 300 } } as const;
    const earned = (given: Parameters<typeof bill>[3]) =>
      accept(new MemoryLedger(), bill(1_000, undefined, [], given)).receipt.bill?.earned;
    expect(earned({})).toBe(1_000);
    expect(earned(byType)).toBe(3_000);
    expect(earned({ earning: { by: "customer_type", every: null } })).toBe(0);
  });

  it("earns what the rule says of the same purchase, on its business day", () => {
    const given = { base: euros(940), day: "2026-03-03" };
    const { receipt } = accept(new MemoryLedger(), bill(1_000, undefined, [], given));
    const purchase = purchaseOf(euros(1_000), given);
    expect(receipt.bill?.earned).toBe(pointsForBill(program(), purchase, 0));
  });
});
