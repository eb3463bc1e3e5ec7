import { describe, expect, it } from "vitest";
import { MAX_BALANCE } from "../../../src/core/amount.ts";
import { eventOf } from "../../../src/core/events/events.ts";
import type { BillLine, Entry } from "../../../src/core/ledger/entries.ts";
import { NEVER } from "../../../src/core/ledger/entries.ts";
import { accept, ledgerAfter, lotsOf, MemoryLedger, refusal } from "../../support/ledger.ts";
import {
  adjust,
  bill,
  COMMAND_ID,
  DAY,
  earn,
  program,
  redeem,
  reverse,
  START,
  TIERS,
  vouchers,
} from "../../support/requests.ts";

const SOON = START + DAY;
const tiered = { program: program({ tiers: TIERS }) };
const BILL_ID = `bil_${COMMAND_ID}`;

const COFFEE: BillLine = {
  category: "coffee",
  sku: "4711",
  name: "Espresso for Ada",
  quantity: 20_000,
  amount: 500,
};

describe("a bill", () => {
  it("is recorded in an entry of its own, and what it earns in the next", () => {
    const ledger = new MemoryLedger();
    const given = { remarks: { description: "Lunch" } };
    const { entries, receipt } = accept(ledger, bill(1_250, SOON, [COFFEE]), START, given);
    const total = { amount: 1_250, currency: "EUR" };
    expect(entries).toMatchObject([
      {
        seq: 1,
        kind: "bill",
        amount: 0,
        lots: [],
        remarks: { description: "Lunch", bill: { number: "B-1", total, lines: [COFFEE] } },
        receipt,
      },
      {
        seq: 2,
        kind: "earn",
        amount: 1_200,
        lots: [{ expiresAt: SOON, amount: 1_200 }],
        remarks: { description: "Lunch", billId: BILL_ID },
        receipt: null,
      },
    ]);
    expect(receipt).toMatchObject({
      seq: 1,
      amount: 0,
      balance: 1_200,
      bill: { earned: 1_200, upgraded: false },
    });
    expect(ledger.head).toMatchObject({
      holdings: { point: { balance: 1_200, earned: 1_200, redeemed: 0 } },
      lastEarnedAt: START,
    });
  });

  it("that earns nothing is recorded alone", () => {
    const { entries, receipt } = accept(new MemoryLedger(), bill(99));
    expect(entries.map((entry) => entry.kind)).toEqual(["bill"]);
    expect(receipt).toMatchObject({ amount: 0, bill: { earned: 0, upgraded: false } });
  });

  it("earns what its categories give besides", () => {
    const earning = { rate: 1_000_000, rounding: "floor", step: 1 } as const;
    const rules = program({ earning: { ...earning, categories: { coffee: 2_000_000 } } });
    const { receipt } = accept(new MemoryLedger(), bill(1_250, SOON, [COFFEE]), START, {
      program: rules,
    });
    expect(receipt.bill?.earned).toBe(22_500);
  });

  it("may raise the tier, and says so", () => {
    const ledger = new MemoryLedger();
    const { entries, receipt } = accept(ledger, bill(10_000), START, tiered);
    expect(entries.map((entry) => entry.kind)).toEqual(["bill", "earn", "tier"]);
    expect(receipt).toMatchObject({
      standing: { tier: "Silver" },
      tierBefore: "Bronze",
      bill: { earned: 10_000, upgraded: true },
    });
    expect(accept(ledger, bill(100), START, tiered).receipt.bill?.upgraded).toBe(false);
  });

  it("earns on what of it counts, and is recorded with all of it", () => {
    const base = { amount: 940, currency: "EUR" };
    const { entries, receipt } = accept(new MemoryLedger(), bill(1_000, SOON, [], { base }));
    expect(entries[0]?.remarks.bill?.total).toEqual({ amount: 1_000, currency: "EUR" });
    expect(receipt.bill?.earned).toBe(900);
  });

  it("grants stamps and vouchers in entries behind what it earns", () => {
    const ledger = new MemoryLedger();
    const granted = vouchers(2);
    const given = { stamps: { amount: 3, expiresAt: NEVER }, vouchers: granted };
    const { entries, receipt } = accept(ledger, bill(10_000, SOON, [], given), START, tiered);
    expect(entries.map(({ kind, unit, amount }) => [kind, unit, amount])).toEqual([
      ["bill", "point", 0],
      ["earn", "point", 10_000],
      ["tier", "point", 0],
      ["earn", "stamp", 3],
      ["voucher", "point", 0],
      ["voucher", "point", 0],
    ]);
    const behind = entries.slice(3).map(({ remarks }) => remarks);
    expect(behind).toEqual([
      { billId: BILL_ID },
      ...granted.map((voucher) => ({ billId: BILL_ID, voucher })),
    ]);
    expect(receipt).toMatchObject({
      unit: "point",
      balance: 10_000,
      bill: { earned: 10_000, upgraded: true, stamps: 3, vouchers: granted },
    });
    expect(lotsOf(ledger, "stamp")).toEqual([[NEVER, 3]]);
    expect(ledger.head.holdings.stamp).toEqual({ balance: 3, earned: 3, redeemed: 0 });
  });

  it("that earns no points tells no stamps for them", () => {
    const given = { stamps: { amount: 2, expiresAt: SOON } };
    const { entries, receipt } = accept(new MemoryLedger(), bill(0, SOON, [], given));
    expect(entries.map(({ kind, unit }) => [kind, unit])).toEqual([
      ["bill", "point"],
      ["earn", "stamp"],
    ]);
    expect(receipt.bill).toEqual({ earned: 0, upgraded: false, stamps: 2 });
  });

  it("pays a debt of stamps with the stamps that it grants", () => {
    const ledger = ledgerAfter(earn(2, SOON, "stamp"), redeem(2, "stamp"));
    accept(ledger, reverse(1), START, { program: program({ allowDebt: true }) });
    accept(ledger, bill(0, SOON, [], { stamps: { amount: 3, expiresAt: SOON } }));
    expect(lotsOf(ledger, "stamp")).toEqual([[SOON, 1]]);
  });

  it("that comes after its points' time loses them at once", () => {
    const ledger = new MemoryLedger();
    const { entries, receipt } = accept(ledger, bill(1_000, START - 1));
    expect(entries.map((entry) => [entry.kind, entry.amount])).toEqual([
      ["bill", 0],
      ["earn", 1_000],
      ["expire", -1_000],
    ]);
    expect(receipt).toMatchObject({ balance: 0, bill: { earned: 1_000 } });
    expect(lotsOf(ledger)).toEqual([]);
  });

  it("is refused when it earns more than a balance holds", () => {
    const ledger = ledgerAfter(adjust(MAX_BALANCE));
    expect(refusal(ledger, bill(100))).toEqual({ code: "balance_limit", unit: "point" });
    expect(ledger.head.seq).toBe(1);
  });

  it("is refused when it grants more stamps than a balance holds", () => {
    const ledger = ledgerAfter(adjust(MAX_BALANCE, NEVER, "stamp"));
    const given = { stamps: { amount: 1, expiresAt: SOON }, vouchers: vouchers(1) };
    expect(refusal(ledger, bill(100, SOON, [], given))).toEqual({
      code: "balance_limit",
      unit: "stamp",
    });
    expect(ledger.head.seq).toBe(1);
  });

  it("is not taken back, but what it earned is", () => {
    const ledger = ledgerAfter(bill(1_000, SOON));
    expect(refusal(ledger, reverse(1))).toEqual({ code: "not_found", object: "entry" });
    accept(ledger, reverse(2));
    expect(ledger.head.holdings.point).toEqual({ balance: 0, earned: 0, redeemed: 0 });
  });

  it("keeps the vouchers that it granted", () => {
    const ledger = ledgerAfter(bill(0, SOON, [], { vouchers: vouchers(1) }));
    expect(ledger.entry(2)?.kind).toBe("voucher");
    expect(refusal(ledger, reverse(2))).toEqual({ code: "not_found", object: "entry" });
  });
});

describe("the events of a bill", () => {
  const subject = { customer: "cus_1", currency: "KWD" };
  const eventsOf = (entries: readonly Entry[]) =>
    entries.map((entry) => eventOf(entry, null, subject, program()));

  it("tell of its sums and of the points, and which bill they are of", () => {
    const { entries } = accept(new MemoryLedger(), bill(1_250, NEVER, [COFFEE]));
    const [recorded, earned] = eventsOf(entries);
    expect(recorded).toMatchObject({
      type: "bill.recorded",
      data: {
        bill: BILL_ID,
        number: "B-1",
        total: { amount: "12.50", currency: "EUR" },
        lines: 1,
        points_earned: "1.20",
      },
    });
    expect(earned).toMatchObject({ type: "points.earned", data: { bill: BILL_ID } });
  });

  it("tell of a granted voucher which one it is, and never its code", () => {
    const granted = vouchers(1);
    const { entries } = accept(new MemoryLedger(), bill(0, NEVER, [], { vouchers: granted }));
    const [, issued] = eventsOf(entries);
    const [voucher] = granted;
    expect(issued).toMatchObject({
      type: "voucher.issued",
      sequence: 2,
      data: { voucher: voucher?.id, series: voucher?.series, kind: "amount", bill: BILL_ID },
    });
    expect(JSON.stringify(issued)).not.toContain(voucher?.code);
    expect(issued?.data).not.toHaveProperty("amount");
  });

  it("say nothing of what was bought", () => {
    const { entries } = accept(new MemoryLedger(), bill(1_250, NEVER, [COFFEE]));
    expect(JSON.stringify(eventsOf(entries))).not.toMatch(/Ada|4711|coffee/);
  });
});
