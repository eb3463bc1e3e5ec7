import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventOf } from "../../../src/core/events/events.ts";
import type { Entry } from "../../../src/core/ledger/entries.ts";
import { NEVER } from "../../../src/core/ledger/entries.ts";
import { play, scenarios } from "../../support/commands.ts";
import {
  accept,
  balanceOf,
  ledgerAfter,
  lotsOf,
  MemoryLedger,
  refusal,
  undoneBy,
} from "../../support/ledger.ts";
import {
  bill,
  COMMAND_ID,
  DAY,
  earn,
  program,
  redeem,
  reverse,
  START,
  TIERS,
  voidBill,
  vouchers,
} from "../../support/requests.ts";

const SOON = START + DAY;
const LATER = START + 2 * DAY;
const debt = { program: program({ allowDebt: true }) };
const tiered = { program: program({ tiers: TIERS, allowDebt: true }) };
const BILL_ID = `bil_${COMMAND_ID}`;

const never = (): never => {
  throw new Error("an entry is missing");
};

const movesOf = (entries: readonly Entry[]) =>
  entries.map(({ kind, unit, amount, corrects }) => [kind, unit, amount, corrects]);

describe("the void of a bill", () => {
  it("is an entry of its own, and what the bill gave is reversed behind it", () => {
    const stamps = { amount: 3, expiresAt: NEVER };
    const ledger = ledgerAfter(earn(500, SOON), bill(1_000, LATER, [], { stamps }));
    const { entries, receipt } = accept(ledger, voidBill(2));
    expect(movesOf(entries)).toEqual([
      ["void", "point", 0, 2],
      ["reverse", "point", -1_000, 3],
      ["reverse", "stamp", -3, 4],
    ]);
    expect(entries.map(({ remarks }) => remarks.billId)).toEqual(Array(3).fill(BILL_ID));
    expect(receipt).toMatchObject({ seq: 5, amount: 0, balance: 500, corrects: 2 });
    expect(lotsOf(ledger)).toEqual([[SOON, 500]]);
    expect(lotsOf(ledger, "stamp")).toEqual([]);
    expect(ledger.head.holdings.point).toEqual({ balance: 500, earned: 500, redeemed: 0 });
  });

  it("of one that earned nothing is booked all the same", () => {
    const ledger = ledgerAfter(bill(0));
    expect(movesOf(accept(ledger, voidBill(1)).entries)).toEqual([["void", "point", 0, 1]]);
  });

  it("happens once", () => {
    const ledger = ledgerAfter(bill(1_000), voidBill(1));
    expect(refusal(ledger, voidBill(1))).toEqual({ code: "already_reversed", seq: 1 });
    expect(balanceOf(ledger)).toBe(0);
  });

  it.each([0, 2, 3, 99])("is of a bill only, and not of entry %i", (seq) => {
    const ledger = ledgerAfter(bill(1_000), earn(5));
    const missing = { code: "not_found", object: "entry" };
    expect(refusal(ledger, voidBill(seq))).toEqual(missing);
  });

  it("leaves alone what was taken back by itself before", () => {
    const ledger = ledgerAfter(bill(1_000), reverse(2));
    expect(movesOf(accept(ledger, voidBill(1)).entries)).toEqual([["void", "point", 0, 1]]);
    expect(balanceOf(ledger)).toBe(0);
  });

  it("leaves alone what the next bill gave", () => {
    const ledger = new MemoryLedger();
    accept(ledger, bill(1_000, SOON));
    accept(ledger, bill(300, LATER), START, { id: COMMAND_ID.replace(/0$/, "Z") });
    accept(ledger, voidBill(1));
    expect(lotsOf(ledger)).toEqual([[LATER, 300]]);
  });

  it("leaves a debt for what was spent, where the programme allows it", () => {
    const ledger = ledgerAfter(bill(1_000, SOON), redeem(400));
    expect(refusal(ledger, voidBill(1))).toMatchObject({
      code: "insufficient_balance",
      requested: 1_000,
      available: 600,
    });
    accept(ledger, voidBill(1), START, debt);
    expect(balanceOf(ledger)).toBe(-400);
  });

  it("is refused as a whole when it lacks but the stamps", () => {
    const stamps = { amount: 2, expiresAt: NEVER };
    const ledger = ledgerAfter(bill(1_000, SOON, [], { stamps }), redeem(1, "stamp"));
    expect(refusal(ledger, voidBill(1))).toMatchObject({ unit: "stamp", available: 1 });
    expect(balanceOf(ledger)).toBe(1_000);
  });

  it("takes back the vouchers that the bill granted, each once", () => {
    const granted = vouchers(2);
    const ledger = ledgerAfter(bill(1_000, SOON, [], { vouchers: granted }));
    const { entries, receipt } = accept(ledger, voidBill(1));
    expect(movesOf(entries)).toEqual([
      ["void", "point", 0, 1],
      ["reverse", "point", -1_000, 2],
      ["withdraw", "point", 0, 3],
      ["withdraw", "point", 0, 4],
    ]);
    expect(receipt.withdrawn).toEqual(granted);
    const subject = { customer: "cus_1", currency: "EUR" };
    expect(eventOf(entries[2] ?? never(), null, subject, program())).toMatchObject({
      type: "voucher.voided",
      data: { voucher: granted[0]?.id, series: granted[0]?.series, bill: BILL_ID, corrects: 3 },
    });
  });

  it("leaves alone the vouchers that went with what the bill earned", () => {
    const granted = vouchers(1);
    const ledger = ledgerAfter(bill(1_000, SOON, [], { vouchers: granted }));
    const reversed = accept(ledger, reverse(2));
    expect(movesOf(reversed.entries)).toEqual([
      ["reverse", "point", -1_000, 2],
      ["withdraw", "point", 0, 3],
    ]);
    expect(reversed.receipt.withdrawn).toEqual(granted);
    expect(reversed.entries[0]?.remarks.billId).toBe(BILL_ID);
    const { entries, receipt } = accept(ledger, voidBill(1));
    expect(movesOf(entries)).toEqual([["void", "point", 0, 1]]);
    expect(receipt).not.toHaveProperty("withdrawn");
  });

  it("finds what stands behind the change of tier, and judges the tier anew", () => {
    const ledger = new MemoryLedger();
    const stamps = { amount: 1, expiresAt: NEVER };
    accept(ledger, bill(10_000, SOON, [], { stamps }), START, tiered);
    expect(ledger.head.tier).toBe("Silver");
    const { entries, receipt } = accept(ledger, voidBill(1), START, tiered);
    expect(movesOf(entries)).toEqual([
      ["void", "point", 0, 1],
      ["reverse", "point", -10_000, 2],
      ["reverse", "stamp", -1, 4],
      ["tier", "point", 0, null],
    ]);
    expect(receipt).toMatchObject({ standing: { tier: "Bronze" }, tierBefore: "Silver" });
  });

  it("tells which bill, and of each reversal the same", () => {
    const ledger = ledgerAfter(bill(1_000));
    const subject = { customer: "cus_1", currency: "EUR" };
    const { entries } = accept(ledger, voidBill(1));
    const events = entries.map((entry) => eventOf(entry, null, subject, program()));
    expect(events).toMatchObject([
      { type: "bill.voided", data: { bill: BILL_ID, corrects: 1 } },
      { type: "points.reversed", data: { bill: BILL_ID, amount: "-1.00", corrects: 2 } },
    ]);
    expect(events[0]?.data).not.toHaveProperty("amount");
  });
});

describe("a return", () => {
  it("takes back what as much would earn, from what expires first", () => {
    const ledger = ledgerAfter(earn(100, SOON), earn(1_000, LATER));
    const { entries, receipt } = accept(ledger, bill(-350));
    expect(movesOf(entries)).toEqual([
      ["bill", "point", 0, null],
      ["reverse", "point", -300, null],
    ]);
    expect(entries[1]?.remarks.billId).toBe(BILL_ID);
    expect(receipt).toMatchObject({ balance: 800, bill: { earned: -300, upgraded: false } });
    expect(lotsOf(ledger)).toEqual([[LATER, 800]]);
    expect(ledger.head.holdings.point).toEqual({ balance: 800, earned: 800, redeemed: 0 });
  });

  it("rounds what it takes as a purchase rounds what it gives", () => {
    const ledger = ledgerAfter(earn(1_000));
    expect(accept(ledger, bill(-199)).receipt.bill?.earned).toBe(-100);
    expect(accept(ledger, bill(-99)).entries).toHaveLength(1);
  });

  it("is refused when too little is left, or owed where the programme allows it", () => {
    const ledger = ledgerAfter(earn(100));
    expect(refusal(ledger, bill(-300))).toEqual({
      code: "insufficient_balance",
      unit: "point",
      requested: 300,
      available: 100,
    });
    accept(ledger, bill(-300), START, debt);
    expect(balanceOf(ledger)).toBe(-200);
  });

  it("may lower the tier", () => {
    const ledger = new MemoryLedger();
    accept(ledger, earn(10_000), START, tiered);
    accept(ledger, bill(-100), START, tiered);
    expect(ledger.head.tier).toBe("Bronze");
  });

  it("is told as one", () => {
    const subject = { customer: "cus_1", currency: "EUR" };
    const { entries } = accept(ledgerAfter(earn(500)), bill(-350));
    const [returned] = entries.map((entry) => eventOf(entry, null, subject, program()));
    expect(returned).toMatchObject({
      type: "bill.returned",
      data: { total: { amount: "-3.50", currency: "EUR" }, points_earned: "-0.30" },
    });
  });

  it("that is voided gives back to the lots that it took from", () => {
    const ledger = ledgerAfter(earn(100, SOON), earn(1_000, LATER), bill(-300));
    accept(ledger, voidBill(3));
    expect(lotsOf(ledger)).toEqual([
      [SOON, 100],
      [LATER, 1_000],
    ]);
    expect(ledger.head.holdings.point).toEqual({ balance: 1_100, earned: 1_100, redeemed: 0 });
  });

  it("that is voided cancels the debt that it left", () => {
    const ledger = ledgerAfter(earn(100, SOON));
    accept(ledger, bill(-300), START, debt);
    accept(ledger, voidBill(2, LATER), START, debt);
    expect(lotsOf(ledger)).toEqual([[SOON, 100]]);
  });

  it("that is voided gives what has paid its debt until the time that the command says", () => {
    const ledger = ledgerAfter(earn(100, SOON));
    accept(ledger, bill(-300), START, debt);
    accept(ledger, earn(500, SOON), START, debt);
    accept(ledger, voidBill(2, LATER), START, debt);
    expect(lotsOf(ledger)).toEqual([
      [SOON, 400],
      [LATER, 200],
    ]);
  });
});

describe("any void of a bill", { timeout: 60_000 }, () => {
  it("takes back what the bill gave and gives back what it took, each once", () => {
    fc.assert(
      fc.property(scenarios(), (scenario) => {
        let earlier: readonly Entry[] = [];
        const ledger = new MemoryLedger();
        for (const { request, result } of play(scenario, ledger)) {
          const { command } = request;
          if (command.kind === "void" && result.ok) {
            const reversals = result.value.entries.filter(({ kind }) => kind === "reverse");
            const moved = reversals.map(({ unit, amount, corrects }) => [unit, amount, corrects]);
            const undone = undoneBy(command, earlier);
            expect(moved).toEqual(undone.map(({ unit, amount, seq }) => [unit, 0 - amount, seq]));
          }
          earlier = [...ledger.entries];
        }
      }),
      { numRuns: 300 },
    );
  });
});
