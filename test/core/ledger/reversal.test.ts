import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEBT, NEVER } from "../../../src/core/ledger/entries.ts";
import {
  accept,
  balanceOf,
  ledgerAfter,
  lotsOf,
  type MemoryLedger,
  refusal,
} from "../../support/ledger.ts";
import {
  adjust,
  bill,
  buy,
  COMMAND_ID,
  DAY,
  earn,
  open,
  program,
  redeem,
  reverse,
  START,
  TIERS,
  voidBill,
} from "../../support/requests.ts";

const SOON = START + DAY;
const LATER = START + 2 * DAY;
const debt = { program: program({ allowDebt: true }) };
const BILL_ID = `bil_${COMMAND_ID}`;
const tiered = { program: program({ tiers: TIERS }) };

describe("the reversal of an earn", () => {
  it("takes the points from the very lot and from the lifetime sum", () => {
    const ledger = ledgerAfter(earn(10, SOON), earn(20, LATER));
    const { entries, receipt } = accept(ledger, reverse(2), START + 5);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      seq: 3,
      kind: "reverse",
      amount: -20,
      lots: [{ expiresAt: LATER, amount: -20 }],
      corrects: 2,
      recordedAt: START + 5,
    });
    expect(receipt).toMatchObject({ seq: 3, amount: -20, balance: 10, corrects: 2 });
    expect(lotsOf(ledger)).toEqual([[SOON, 10]]);
    expect(ledger.head.holdings.point).toEqual({ balance: 10, earned: 10, redeemed: 0 });
  });

  it("takes what was spent meanwhile from the lots that expire first", () => {
    const ledger = ledgerAfter(earn(30, SOON), redeem(20), earn(5), earn(40, LATER));
    accept(ledger, reverse(1));
    expect(lotsOf(ledger)).toEqual([
      [LATER, 20],
      [NEVER, 5],
    ]);
    expect(ledger.head.holdings.point).toEqual({ balance: 25, earned: 45, redeemed: 20 });
  });

  it("takes from its own lot before one that expires sooner", () => {
    for (const amount of [1, 30]) {
      const ledger = ledgerAfter(earn(30, SOON), earn(amount, LATER));
      accept(ledger, reverse(2));
      expect(lotsOf(ledger)).toEqual([[SOON, 30]]);
    }
  });

  it("takes no more than the earn gave from a lot that others share", () => {
    const ledger = ledgerAfter(earn(30, SOON), earn(5, SOON));
    accept(ledger, reverse(2));
    expect(lotsOf(ledger)).toEqual([[SOON, 30]]);
  });

  it("is refused when the points are spent and the programme allows no debt", () => {
    const ledger = ledgerAfter(earn(30, SOON), redeem(20));
    expect(refusal(ledger, reverse(1))).toEqual({
      code: "insufficient_balance",
      unit: "point",
      requested: 30,
      available: 10,
    });
    expect(balanceOf(ledger)).toBe(10);
  });

  it("of nothing is booked all the same, and once", () => {
    const ledger = ledgerAfter(buy(0));
    const { receipt } = accept(ledger, reverse(1));
    expect(receipt).toMatchObject({ amount: 0, balance: 0, corrects: 1 });
    expect(refusal(ledger, reverse(1))).toEqual({ code: "already_reversed", seq: 1 });
  });
});

describe("the reversal of an earn that has expired", () => {
  it("takes no other points: what has expired counts as taken", () => {
    const ledger = ledgerAfter(earn(100, SOON));
    accept(ledger, earn(150, LATER), SOON);
    const { entries, receipt } = accept(ledger, reverse(1), SOON);
    expect(entries).toMatchObject([
      { kind: "expire", amount: 100, lots: [{ expiresAt: SOON, amount: 100 }], occurredAt: SOON },
      { kind: "reverse", amount: -100, lots: [{ expiresAt: SOON, amount: -100 }], corrects: 1 },
    ]);
    expect(receipt).toMatchObject({ amount: -100, balance: 150, corrects: 1 });
    expect(lotsOf(ledger)).toEqual([[LATER, 150]]);
    expect(ledger.head.holdings.point).toEqual({ balance: 150, earned: 150, redeemed: 0 });
  });

  it("counts also what expires with the reversal itself", () => {
    const ledger = ledgerAfter(earn(100, SOON), earn(150, LATER));
    const { entries } = accept(ledger, reverse(1), SOON);
    expect(entries.map(({ kind, amount }) => [kind, amount])).toEqual([
      ["expire", -100],
      ["expire", 100],
      ["reverse", -100],
    ]);
    expect(lotsOf(ledger)).toEqual([[LATER, 150]]);
  });

  it("takes what was spent from other lots", () => {
    const ledger = ledgerAfter(earn(100, SOON), redeem(30));
    accept(ledger, earn(150, LATER), SOON);
    accept(ledger, reverse(1), SOON);
    expect(lotsOf(ledger)).toEqual([[LATER, 120]]);
    expect(ledger.head.holdings.point).toEqual({ balance: 120, earned: 150, redeemed: 30 });
  });

  it("owes what was spent where the programme allows it, and is refused elsewhere", () => {
    const ledger = ledgerAfter(earn(100, SOON), redeem(30));
    expect(refusal(ledger, reverse(1), SOON)).toEqual({
      code: "insufficient_balance",
      unit: "point",
      requested: 100,
      available: 70,
    });
    accept(ledger, reverse(1), SOON, debt);
    expect(lotsOf(ledger)).toEqual([[DEBT, -30]]);
    expect(ledger.head.holdings.point).toEqual({ balance: -30, earned: 0, redeemed: 30 });
  });

  it("counts what expired of a shared lot once", () => {
    const ledger = ledgerAfter(earn(10, SOON), earn(20, SOON), redeem(5), earn(50, LATER));
    accept(ledger, reverse(1), SOON);
    expect(balanceOf(ledger)).toBe(50);
    accept(ledger, reverse(2), SOON);
    expect(lotsOf(ledger)).toEqual([[LATER, 45]]);
  });

  it("counts what came late and expired at once, and what came back after its expiry", () => {
    const ledger = ledgerAfter(earn(10, SOON), redeem(10));
    accept(ledger, earn(7, SOON), LATER);
    accept(ledger, reverse(2), LATER);
    accept(ledger, reverse(1), LATER);
    accept(ledger, reverse(3), LATER);
    expect(lotsOf(ledger)).toEqual([]);
    expect(ledger.head.holdings.point).toEqual({ balance: 0, earned: 0, redeemed: 0 });
  });

  it("is the same for a gift, and for what a bill gave", () => {
    const ledger = ledgerAfter(adjust(30, SOON), bill(1_000, SOON), earn(5));
    accept(ledger, reverse(1), SOON);
    const { entries } = accept(ledger, voidBill(2), SOON);
    expect(entries.map(({ kind, amount }) => [kind, amount])).toEqual([
      ["void", 0],
      ["expire", 1_000],
      ["reverse", -1_000],
    ]);
    expect(entries.map(({ remarks }) => remarks.billId)).toEqual(Array(3).fill(BILL_ID));
    expect(lotsOf(ledger)).toEqual([[NEVER, 5]]);
    expect(ledger.head.holdings.point).toEqual({ balance: 5, earned: 5, redeemed: 0 });
  });

  it("leaves what a living lot has alone in one that has not expired", () => {
    const ledger = ledgerAfter(earn(10, SOON), earn(20, LATER));
    accept(ledger, reverse(1), SOON - 1);
    expect(ledger.entries.map(({ kind }) => kind)).toEqual(["earn", "earn", "reverse"]);
  });
});

describe("any reversal of an earn", { timeout: 60_000 }, () => {
  const amounts = fc.integer({ min: 1, max: 50 });

  it("leads to the same before and after its lot expires", () => {
    fc.assert(
      fc.property(
        fc.array(amounts, { minLength: 1, maxLength: 4 }),
        fc.nat(60),
        fc.integer({ min: 1, max: 4 }),
        (given, spent, which) => {
          const target = 1 + (which % given.length);
          const held = given.reduce((all, one) => all + one, 0);
          const start = () => [
            ...given.map((one) => earn(one, SOON)),
            redeem(Math.min(held, 1 + spent)),
          ];
          const [early, late] = [ledgerAfter(...start()), ledgerAfter(...start())];
          accept(early, reverse(target), START, debt);
          accept(early, earn(500, LATER), SOON, debt);
          accept(late, earn(500, LATER), SOON, debt);
          accept(late, reverse(target), SOON, debt);
          expect(late.head.holdings).toEqual(early.head.holdings);
          expect(late.allLots()).toEqual(early.allLots());
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("a debt", () => {
  const indebted = (): MemoryLedger => {
    const ledger = ledgerAfter(earn(30, SOON), redeem(20));
    accept(ledger, reverse(1), START, debt);
    return ledger;
  };

  it("is a lot of its own when more is taken back than is left", () => {
    const ledger = ledgerAfter(earn(30, SOON), redeem(20));
    const { entries } = accept(ledger, reverse(1), START, debt);
    expect(entries[0]).toMatchObject({
      amount: -30,
      lots: [
        { expiresAt: SOON, amount: -10 },
        { expiresAt: DEBT, amount: -20 },
      ],
    });
    expect(lotsOf(ledger)).toEqual([[DEBT, -20]]);
    expect(balanceOf(ledger)).toBe(-20);
  });

  it("grows with the next one", () => {
    const ledger = ledgerAfter(earn(10), earn(20), redeem(30));
    accept(ledger, reverse(1), START, debt);
    accept(ledger, reverse(2), START, debt);
    expect(lotsOf(ledger)).toEqual([[DEBT, -30]]);
  });

  it("is paid by the next earn first, which counts in full for the lifetime sum", () => {
    const ledger = indebted();
    const { entries } = accept(ledger, earn(50, LATER));
    expect(entries[0]).toMatchObject({
      amount: 50,
      lots: [
        { expiresAt: DEBT, amount: 20 },
        { expiresAt: LATER, amount: 30 },
      ],
    });
    expect(lotsOf(ledger)).toEqual([[LATER, 30]]);
    expect(ledger.head.holdings.point).toEqual({ balance: 30, earned: 50, redeemed: 20 });
  });

  it("is paid in parts, even when the programme allows no debt any more", () => {
    const ledger = indebted();
    accept(ledger, earn(5, LATER));
    accept(ledger, adjust(6, LATER));
    expect(lotsOf(ledger)).toEqual([[DEBT, -9]]);
    accept(ledger, reverse(2));
    expect(lotsOf(ledger)).toEqual([[SOON, 11]]);
  });

  it("does not stand in the way of taking back nothing", () => {
    const ledger = indebted();
    const { receipt } = accept(ledger, buy(0));
    expect(accept(ledger, reverse(receipt.seq)).receipt).toMatchObject({ amount: 0, balance: -20 });
  });

  it("comes back when the earn that paid it is taken back", () => {
    const ledger = indebted();
    accept(ledger, earn(50, LATER));
    accept(ledger, reverse(4), START, debt);
    expect(lotsOf(ledger)).toEqual([[DEBT, -20]]);
  });

  it("never expires", () => {
    const ledger = indebted();
    accept(ledger, earn(1, NEVER), LATER);
    expect(lotsOf(ledger)).toEqual([[DEBT, -19]]);
  });
});

describe("the reversal of a redemption", () => {
  it("restores the very lots with their expiry", () => {
    const ledger = ledgerAfter(earn(10, SOON), earn(20, LATER), earn(5), redeem(33));
    const { entries } = accept(ledger, reverse(4));
    expect(entries[0]).toMatchObject({
      kind: "reverse",
      amount: 33,
      lots: [
        { expiresAt: SOON, amount: 10 },
        { expiresAt: LATER, amount: 20 },
        { expiresAt: NEVER, amount: 3 },
      ],
      corrects: 4,
    });
    expect(lotsOf(ledger)).toEqual([
      [SOON, 10],
      [LATER, 20],
      [NEVER, 5],
    ]);
    expect(ledger.head.holdings.point).toEqual({ balance: 35, earned: 35, redeemed: 0 });
  });

  it("brings back a lot that expired meanwhile, which expires at once", () => {
    const ledger = ledgerAfter(earn(10, SOON), earn(20, LATER), redeem(25));
    const { entries, receipt } = accept(ledger, reverse(3), SOON);
    expect(entries).toMatchObject([
      { seq: 4, kind: "reverse", amount: 25, receipt },
      { seq: 5, kind: "expire", amount: -10, occurredAt: SOON, corrects: null, receipt: null },
    ]);
    expect(receipt).toMatchObject({ seq: 4, amount: 25, balance: 20 });
    expect(lotsOf(ledger)).toEqual([[LATER, 20]]);
    expect(ledger.head.holdings.point).toEqual({ balance: 20, earned: 30, redeemed: 0 });
  });

  it("pays a debt first", () => {
    const ledger = ledgerAfter(earn(30, SOON), redeem(30));
    accept(ledger, reverse(1), START, debt);
    accept(ledger, reverse(2), START, debt);
    expect(lotsOf(ledger)).toEqual([]);
    expect(ledger.head.holdings.point).toEqual({ balance: 0, earned: 0, redeemed: 0 });
  });
});

describe("the reversal of an adjustment", () => {
  it("takes back what was given", () => {
    const ledger = ledgerAfter(adjust(30, SOON), earn(5));
    accept(ledger, reverse(1));
    expect(lotsOf(ledger)).toEqual([[NEVER, 5]]);
    expect(ledger.head.holdings.point).toEqual({ balance: 5, earned: 5, redeemed: 0 });
  });

  it("restores what was taken", () => {
    const ledger = ledgerAfter(earn(10, SOON), earn(20, LATER), adjust(-15));
    accept(ledger, reverse(3));
    expect(lotsOf(ledger)).toEqual([
      [SOON, 10],
      [LATER, 20],
    ]);
    expect(ledger.head.holdings.point).toEqual({ balance: 30, earned: 30, redeemed: 0 });
  });
});

describe("an entry", () => {
  it("is taken back once", () => {
    const ledger = ledgerAfter(earn(10), earn(10), reverse(1));
    expect(refusal(ledger, reverse(1))).toEqual({ code: "already_reversed", seq: 1 });
    expect(balanceOf(ledger)).toBe(10);
  });

  it.each([0, -1, 2, 1.5, 1e15, Number.NaN])("is not found under the number %d", (seq) => {
    expect(refusal(ledgerAfter(earn(10)), reverse(seq))).toEqual({
      code: "not_found",
      object: "entry",
    });
  });

  it("that no till made is not taken back", () => {
    const ledger = ledgerAfter(open([{ expiresAt: SOON, amount: 5 }], 5), earn(1), reverse(2));
    accept(ledger, earn(10_000), SOON, tiered);
    expect(ledger.entries.map((entry) => entry.kind)).toEqual([
      "open",
      "earn",
      "reverse",
      "expire",
      "earn",
      "tier",
    ]);
    for (const seq of [1, 3, 4, 6]) {
      expect(refusal(ledger, reverse(seq), SOON)).toEqual({ code: "not_found", object: "entry" });
    }
  });

  it("of another unit is taken back in that unit", () => {
    const ledger = ledgerAfter(earn(10), earn(3, SOON, "stamp"));
    const { receipt } = accept(ledger, reverse(2));
    expect(receipt).toMatchObject({ unit: "stamp", amount: -3, balance: 0 });
    expect(balanceOf(ledger)).toBe(10);
    expect(ledger.head.holdings.stamp).toEqual({ balance: 0, earned: 0, redeemed: 0 });
  });
});

describe("a reversal", () => {
  it("comes after what is due", () => {
    const ledger = ledgerAfter(earn(10, SOON), earn(20, LATER));
    const { entries } = accept(ledger, reverse(2), SOON);
    expect(entries.map((entry) => [entry.kind, entry.amount])).toEqual([
      ["expire", -10],
      ["reverse", -20],
    ]);
  });

  it("is an earlier entry's correction and leaves that entry as it is", () => {
    const ledger = ledgerAfter(earn(10));
    const before = structuredClone(ledger.entries);
    accept(ledger, reverse(1));
    expect(ledger.entries.slice(0, 1)).toEqual(before);
    expect(ledger.correction(1)?.seq).toBe(2);
  });
});
