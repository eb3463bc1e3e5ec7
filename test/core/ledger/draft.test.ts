import { describe, expect, it } from "vitest";
import type { Unit } from "../../../src/core/amount.ts";
import type { Draft } from "../../../src/core/ledger/draft.ts";
import {
  book,
  give,
  lotAfter,
  mergeLots,
  startDraft,
  sum,
  takeFirstToExpire,
} from "../../../src/core/ledger/draft.ts";
import { DEBT, NEVER } from "../../../src/core/ledger/entries.ts";
import { accept, MemoryLedger } from "../../support/ledger.ts";
import {
  adjust,
  COMMAND_ID,
  DAY,
  EXPIRE,
  earn,
  program,
  redeem,
  requestFor,
  reverse,
  START,
} from "../../support/requests.ts";

const SOON = START + DAY;
const LATER = START + 2 * DAY;

function draftOn(ledger: MemoryLedger): Draft {
  return startDraft(ledger, requestFor(EXPIRE), START);
}

/** A ledger with these lots of points, given in this order. */
function holding(...lots: readonly (readonly [number, number])[]): MemoryLedger {
  const ledger = new MemoryLedger();
  for (const [expiresAt, amount] of lots) accept(ledger, earn(amount, expiresAt));
  return ledger;
}

/** A ledger in debt. */
function owing(debt: number): MemoryLedger {
  const ledger = holding([SOON, debt]);
  accept(ledger, redeem(debt));
  accept(ledger, reverse(1), START, { program: program({ allowDebt: true }) });
  return ledger;
}

describe("the time of a draft", () => {
  const at = (occurredAt: number | null, clock: number) =>
    startDraft(holding([NEVER, 1]), requestFor(EXPIRE, { occurredAt }), clock);

  it("is the clock's", () => {
    expect(at(null, START + 5)).toMatchObject({ now: START + 5, occurredAt: START + 5 });
  });

  it("never runs behind the last entry", () => {
    expect(at(null, START - 5)).toMatchObject({ now: START, occurredAt: START });
  });

  it("leaves what happened at the till in the past", () => {
    expect(at(START - DAY, START + 5)).toMatchObject({ now: START + 5, occurredAt: START - DAY });
  });

  it("lets nothing happen in the future", () => {
    expect(at(START + DAY, START + 5)).toMatchObject({ occurredAt: START + 5 });
  });
});

describe("a booked line", () => {
  it("is the sum of its lots and moves the head", () => {
    const draft = draftOn(holding([NEVER, 100]));
    const lots = [
      { expiresAt: SOON, amount: 30 },
      { expiresAt: NEVER, amount: -10 },
    ];
    const entry = book(draft, { kind: "adjust", unit: "point", lots, earned: 7, redeemed: 3 });
    expect(entry).toMatchObject({ seq: 2, amount: 20, lots, corrects: null, receipt: null });
    expect(entry.after.holdings.point).toEqual({ balance: 120, earned: 107, redeemed: 3 });
    expect(draft.head).toBe(entry.after);
    expect(draft.entries).toEqual([entry]);
  });

  it("touches no other unit", () => {
    const draft = draftOn(holding([NEVER, 100]));
    const stamps = [{ expiresAt: NEVER, amount: 1 }];
    const { after } = book(draft, { kind: "earn", unit: "stamp", lots: stamps, earned: 1 });
    expect(after.holdings).toEqual({
      point: { balance: 100, earned: 100, redeemed: 0 },
      stamp: { balance: 1, earned: 1, redeemed: 0 },
    });
  });

  it("is named from the command's ULID, each by one more", () => {
    const draft = draftOn(new MemoryLedger());
    const ids = [1, 2, 3].map(() => book(draft, { kind: "adjust", unit: "point", lots: [] }).id);
    expect(ids).toEqual([
      `ent_${COMMAND_ID}`,
      `ent_${COMMAND_ID.slice(0, -1)}1`,
      `ent_${COMMAND_ID.slice(0, -1)}2`,
    ]);
    expect(draft.entries.map((entry) => entry.seq)).toEqual([1, 2, 3]);
  });
});

describe("what is taken", () => {
  const take = (ledger: MemoryLedger, amount: number) =>
    takeFirstToExpire(draftOn(ledger), "point", amount).map((lot) => [lot.expiresAt, lot.amount]);

  it("comes from the lots that expire first, whatever came in first", () => {
    const ledger = holding([NEVER, 10], [LATER, 20], [SOON, 30]);
    expect(take(ledger, 25)).toEqual([[SOON, -25]]);
    expect(take(ledger, 30)).toEqual([[SOON, -30]]);
    expect(take(ledger, 55)).toEqual([
      [SOON, -30],
      [LATER, -20],
      [NEVER, -5],
    ]);
    expect(take(ledger, 60)).toHaveLength(3);
  });

  it("is nothing for nothing", () => {
    expect(take(holding([SOON, 30]), 0)).toEqual([]);
  });

  it("becomes a debt where the lots do not suffice", () => {
    expect(take(holding([SOON, 30]), 40)).toEqual([
      [SOON, -30],
      [DEBT, -10],
    ]);
    expect(take(owing(5), 3)).toEqual([[DEBT, -3]]);
  });

  it("is not what the same draft has taken already", () => {
    const draft = draftOn(holding([SOON, 30], [LATER, 20]));
    const lots = [{ expiresAt: SOON, amount: -30 }];
    book(draft, { kind: "expire", unit: "point", lots });
    expect(takeFirstToExpire(draft, "point", 5)).toEqual([{ expiresAt: LATER, amount: -5 }]);
  });

  it("is not what the same entry takes besides", () => {
    const draft = draftOn(holding([SOON, 30], [LATER, 20]));
    const already = [{ expiresAt: SOON, amount: -25 }];
    expect(takeFirstToExpire(draft, "point", 10, already)).toEqual([
      { expiresAt: SOON, amount: -5 },
      { expiresAt: LATER, amount: -5 },
    ]);
  });

  it.each([
    [0, 0],
    [30, 1],
    [31, 2],
  ])("of %i steps reads no more lots than it spends", (amount, count) => {
    let read = 0;
    const stored = holding([SOON, 30], [LATER, 20], [NEVER, 10]);
    class CountingLedger extends MemoryLedger {
      override *lots(unit: Unit) {
        for (const lot of stored.lots(unit)) {
          read += 1;
          yield lot;
        }
      }
    }
    takeFirstToExpire(draftOn(new CountingLedger()), "point", amount);
    expect(read).toBe(count);
  });
});

describe("what is given", () => {
  const lots = [
    { expiresAt: SOON, amount: 30 },
    { expiresAt: LATER, amount: 20 },
  ];

  it("becomes lots as they are", () => {
    expect(give(draftOn(holding([NEVER, 10])), "point", lots)).toEqual(lots);
  });

  it.each<[number, [number, number][]]>([
    [
      10,
      [
        [DEBT, 10],
        [SOON, 20],
        [LATER, 20],
      ],
    ],
    [
      30,
      [
        [DEBT, 30],
        [LATER, 20],
      ],
    ],
    [
      35,
      [
        [DEBT, 35],
        [LATER, 15],
      ],
    ],
    [50, [[DEBT, 50]]],
    [80, [[DEBT, 50]]],
  ])("pays a debt of %i first, from what expires first", (debt, given) => {
    const expected = given.map(([expiresAt, amount]) => ({ expiresAt, amount }));
    expect(give(draftOn(owing(debt)), "point", lots)).toEqual(expected);
    expect(give(draftOn(owing(debt)), "point", lots.toReversed())).toEqual(expected);
  });

  it.each([DEBT, -DAY])("is never taken for the debt lot, though it expired at %i", (expiresAt) => {
    const [lot] = give(draftOn(new MemoryLedger()), "point", [{ expiresAt, amount: 5 }]);
    expect(lot).toEqual({ expiresAt: DEBT + 1, amount: 5 });
  });

  it("pays no debt of another unit", () => {
    expect(give(draftOn(owing(10)), "stamp", lots)).toEqual(lots);
  });
});

describe("lots", () => {
  it("add up by their expiry, and those that cancel are left out", () => {
    const lots = [
      { expiresAt: SOON, amount: 5 },
      { expiresAt: LATER, amount: 5 },
      { expiresAt: SOON, amount: 2 },
      { expiresAt: LATER, amount: -5 },
    ];
    expect(mergeLots(lots)).toEqual([{ expiresAt: SOON, amount: 7 }]);
    expect(sum(lots)).toBe(7);
    expect(mergeLots([])).toEqual([]);
    expect(sum([])).toBe(0);
  });

  it("hold after a draft what they held before and what it changed", () => {
    const ledger = holding([SOON, 30]);
    accept(ledger, adjust(4, SOON, "stamp"));
    const draft = draftOn(ledger);
    for (const amount of [-10, 3]) {
      book(draft, { kind: "adjust", unit: "point", lots: [{ expiresAt: SOON, amount }] });
    }
    expect(lotAfter(draft, "point", SOON)).toBe(23);
    expect(lotAfter(draft, "stamp", SOON)).toBe(4);
    expect(lotAfter(draft, "point", LATER)).toBe(0);
  });
});
