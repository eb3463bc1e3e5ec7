import { describe, expect, it } from "vitest";
import type { Command } from "../../../src/core/ledger/commands.ts";
import { decide } from "../../../src/core/ledger/decide.ts";
import type { Entry } from "../../../src/core/ledger/entries.ts";
import { NEVER } from "../../../src/core/ledger/entries.ts";
import {
  accept,
  balanceOf,
  carryOut,
  ledgerAfter,
  lotsOf,
  MemoryLedger,
  refusal,
} from "../../support/ledger.ts";
import {
  adjust,
  DAY,
  EXPIRE,
  earn,
  open,
  redeem,
  requestFor,
  START,
} from "../../support/requests.ts";

const SOON = START + DAY;
const LATER = START + 2 * DAY;

function expire(ledger: MemoryLedger, clock: number): readonly Entry[] {
  const decided = carryOut(ledger, requestFor(EXPIRE), clock);
  if (!decided.ok) throw new Error("expiry is never refused");
  return decided.value.entries;
}

describe("a lot", () => {
  it("is good up to the moment of its expiry and not at it", () => {
    expect(expire(ledgerAfter(earn(30, SOON)), SOON - 1)).toEqual([]);
    expect(expire(ledgerAfter(earn(30, SOON)), SOON)).toHaveLength(1);
    accept(ledgerAfter(earn(30, SOON)), redeem(30), SOON - 1);
    expect(refusal(ledgerAfter(earn(30, SOON)), redeem(30), SOON)).toMatchObject({
      code: "insufficient_balance",
      available: 0,
    });
  });

  it("expires in an entry of its own, with what is left of it", () => {
    const ledger = ledgerAfter(earn(30, SOON), redeem(10));
    const [entry, ...more] = expire(ledger, LATER);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      seq: 3,
      kind: "expire",
      unit: "point",
      amount: -20,
      lots: [{ expiresAt: SOON, amount: -20 }],
      occurredAt: SOON,
      recordedAt: LATER,
      corrects: null,
      receipt: null,
    });
    expect(ledger.head.holdings.point).toEqual({ balance: 0, earned: 30, redeemed: 10 });
    expect(lotsOf(ledger)).toEqual([]);
  });

  it("never expires when it is not meant to", () => {
    const ledger = ledgerAfter(earn(30), earn(5, SOON));
    expire(ledger, NEVER - 1);
    expect(lotsOf(ledger)).toEqual([[NEVER, 30]]);
  });

  it("expires only once", () => {
    const ledger = ledgerAfter(earn(30, SOON));
    expire(ledger, SOON);
    expect(expire(ledger, LATER)).toEqual([]);
  });
});

describe("what is due", () => {
  it("is booked before the command and is not spendable by it", () => {
    const ledger = ledgerAfter(earn(30, SOON), earn(10, LATER));
    expect(refusal(ledger, redeem(11), SOON)).toMatchObject({ requested: 11, available: 10 });
    const { entries, receipt } = accept(ledger, redeem(4), SOON);
    expect(entries.map(({ kind, seq, amount }) => [kind, seq, amount])).toEqual([
      ["expire", 3, -30],
      ["redeem", 4, -4],
    ]);
    expect(receipt).toMatchObject({ seq: 4, amount: -4, balance: 6 });
  });

  it("is booked in the order in which it was due, of all units", () => {
    const ledger = ledgerAfter(
      earn(1, LATER),
      earn(2, SOON, "prepaid"),
      earn(3, SOON + 1, "stamp"),
    );
    expect(expire(ledger, LATER).map((entry) => [entry.unit, entry.occurredAt])).toEqual([
      ["prepaid", SOON],
      ["stamp", SOON + 1],
      ["point", LATER],
    ]);
  });

  it("is told of nobody's till", () => {
    const ledger = ledgerAfter(earn(30, SOON));
    const remarks = { description: "Lunch", purchase: { amount: 5, currency: "EUR" } };
    const { entries } = accept(ledger, earn(5), SOON, { remarks });
    expect(entries).toMatchObject([
      {
        kind: "expire",
        source: { dialect: "system", key: null, site: null, staff: null },
        remarks: {},
      },
      { kind: "earn", source: { dialect: "native" }, remarks },
    ]);
  });
});

describe("points that are given after their time", () => {
  const PAST = START - 1;

  it.each<[string, Command]>([
    ["earn", earn(30, PAST)],
    ["earn at that very moment", earn(30, START)],
    ["earn long ago", earn(30, 0)],
    ["adjustment", adjust(30, PAST)],
    ["opening balance", open([{ expiresAt: PAST, amount: 30 }], 30)],
  ])("by an %s expire at once", (_, command) => {
    const ledger = ledgerAfter(earn(5));
    const { entries, receipt } = accept(ledger, command);
    expect(entries).toMatchObject([
      { kind: command.kind, amount: 30, receipt },
      { kind: "expire", amount: -30, receipt: null },
    ]);
    expect(receipt).toMatchObject({ amount: 30, balance: 5 });
    expect(lotsOf(ledger)).toEqual([[NEVER, 5]]);
  });

  it("do so lot by lot", () => {
    const ledger = new MemoryLedger();
    const lots = [SOON, START, PAST].map((expiresAt) => ({ expiresAt, amount: 10 }));
    const { entries } = accept(ledger, open(lots, 30));
    expect(entries.map((entry) => [entry.kind, entry.occurredAt])).toEqual([
      ["open", START],
      ["expire", PAST],
      ["expire", START],
    ]);
    expect(balanceOf(ledger)).toBe(10);
  });
});

describe("a till that was offline", () => {
  it("books in the past what happened in the past", () => {
    const ledger = new MemoryLedger();
    const { entries } = accept(ledger, earn(5), START, { occurredAt: START - DAY });
    expect(entries[0]).toMatchObject({ occurredAt: START - DAY, recordedAt: START });
    expect(ledger.head).toMatchObject({ lastEarnedAt: START - DAY, recordedAt: START });
  });

  it("does not make the last earn or redemption an earlier one", () => {
    const ledger = ledgerAfter(earn(50), redeem(10));
    accept(ledger, earn(5), START + 5, { occurredAt: START - DAY });
    accept(ledger, redeem(5), START + 6, { occurredAt: START - DAY });
    expect(ledger.head).toMatchObject({ lastEarnedAt: START, lastRedeemedAt: START });
  });
});

describe("a clock that jumps back", () => {
  it("does not turn back the ledger", () => {
    const ledger = ledgerAfter(earn(30, SOON));
    accept(ledger, earn(1), SOON);
    const { entries, receipt } = accept(ledger, redeem(1), START);
    expect(entries[0]).toMatchObject({ occurredAt: SOON, recordedAt: SOON });
    expect(receipt.recordedAt).toBe(SOON);
    expect(ledger.head.recordedAt).toBe(SOON);
  });

  it("does not bring back what has expired", () => {
    const ledger = ledgerAfter(earn(30, SOON));
    accept(ledger, earn(1, LATER + DAY), LATER);
    accept(ledger, earn(2, SOON + 1), START);
    expect(lotsOf(ledger)).toEqual([[LATER + DAY, 1]]);
  });
});

describe("a decision", () => {
  it("changes nothing by itself and is the same every time", () => {
    const ledger = ledgerAfter(earn(30, SOON), earn(20, LATER));
    const before = structuredClone({ head: ledger.head, lots: ledger.allLots() });
    const request = requestFor(redeem(15));
    const first = decide(ledger, request, SOON);
    expect(decide(ledger, request, SOON)).toEqual(first);
    expect({ head: ledger.head, lots: ledger.allLots() }).toEqual(before);
  });
});
