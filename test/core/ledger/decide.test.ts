import { describe, expect, it } from "vitest";
import { MAX_AMOUNT, MAX_BALANCE } from "../../../src/core/amount.ts";
import type { Decision } from "../../../src/core/ledger/decide.ts";
import { assertDecision, decide } from "../../../src/core/ledger/decide.ts";
import type { Entry } from "../../../src/core/ledger/entries.ts";
import { EMPTY_HEAD, NEVER } from "../../../src/core/ledger/entries.ts";
import {
  accept,
  balanceOf,
  ledgerAfter,
  lotsOf,
  MemoryLedger,
  refusal,
} from "../../support/ledger.ts";
import {
  adjust,
  buy,
  COMMAND_ID,
  DAY,
  EXPIRE,
  earn,
  open,
  program,
  redeem,
  requestFor,
  reverse,
  START,
  TIERS,
} from "../../support/requests.ts";

const SOON = START + DAY;
const LATER = START + 2 * DAY;
const tiered = { program: program({ tiers: TIERS }) };

const kinds = (entries: readonly { kind: string }[]) => entries.map((entry) => entry.kind);

describe("an earn", () => {
  it("adds a lot and counts for the lifetime sum", () => {
    const ledger = new MemoryLedger();
    const { entries, receipt } = accept(ledger, earn(500, SOON), START + 5);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      seq: 1,
      id: `ent_${COMMAND_ID}`,
      kind: "earn",
      unit: "point",
      amount: 500,
      lots: [{ expiresAt: SOON, amount: 500 }],
      occurredAt: START + 5,
      recordedAt: START + 5,
      corrects: null,
      receipt,
    });
    expect(ledger.head).toEqual({
      seq: 1,
      holdings: { point: { balance: 500, earned: 500, redeemed: 0 } },
      tier: null,
      lastEarnedAt: START + 5,
      lastRedeemedAt: null,
      recordedAt: START + 5,
    });
  });

  it("answers with a receipt", () => {
    const { receipt } = accept(ledgerAfter(earn(500)), buy(12_345, SOON), START + 5, tiered);
    expect(receipt).toEqual({
      seq: 2,
      entry: `ent_${COMMAND_ID}`,
      unit: "point",
      amount: 12_300,
      balance: 12_800,
      standing: { tier: "Silver", next: "Gold", missing: 37_200 },
      tierBefore: "Bronze",
      recordedAt: START + 5,
    });
  });

  it("joins the lot of the same expiry", () => {
    expect(lotsOf(ledgerAfter(earn(5, SOON), earn(7, SOON), earn(1, LATER)))).toEqual([
      [SOON, 12],
      [LATER, 1],
    ]);
  });

  it("computes a purchase with the tier held before it", () => {
    const ledger = new MemoryLedger();
    const amounts = [buy(10_000), buy(10_000), buy(30_000), buy(10_000)].map(
      (command) => accept(ledger, command, START, tiered).receipt.amount,
    );
    expect(amounts).toEqual([10_000, 15_000, 45_000, 20_000]);
  });

  it("is booked even when a purchase earns nothing", () => {
    const ledger = new MemoryLedger();
    const { entries, receipt } = accept(ledger, buy(99));
    expect(entries[0]).toMatchObject({ seq: 1, kind: "earn", amount: 0, lots: [] });
    expect(receipt).toMatchObject({ seq: 1, amount: 0, balance: 0 });
  });

  it("keeps what the till said", () => {
    const source = { dialect: "kirimel", key: "key_9", site: null, staff: "stf_1" };
    const remarks = { description: "Lunch", purchase: { amount: 5, currency: "EUR" } };
    const { entries } = accept(new MemoryLedger(), earn(5), START, { source, remarks });
    expect(entries[0]).toMatchObject({ source, remarks });
  });

  it("keeps units apart", () => {
    const ledger = ledgerAfter(earn(500), earn(3, NEVER, "stamp"), earn(250, SOON, "prepaid"));
    expect([balanceOf(ledger), balanceOf(ledger, "stamp"), balanceOf(ledger, "prepaid")]).toEqual([
      500, 3, 250,
    ]);
    expect(ledger.head.holdings.stamp).toEqual({ balance: 3, earned: 3, redeemed: 0 });
  });
});

describe("a redemption", () => {
  it("spends what expires first, over several lots, and what never expires last", () => {
    const ledger = ledgerAfter(earn(10), earn(20, LATER), earn(30, SOON));
    const { entries } = accept(ledger, redeem(55), START + 5);
    expect(entries[0]).toMatchObject({
      kind: "redeem",
      amount: -55,
      lots: [
        { expiresAt: SOON, amount: -30 },
        { expiresAt: LATER, amount: -20 },
        { expiresAt: NEVER, amount: -5 },
      ],
    });
    expect(lotsOf(ledger)).toEqual([[NEVER, 5]]);
    expect(ledger.head).toMatchObject({
      holdings: { point: { balance: 5, earned: 60, redeemed: 55 } },
      lastRedeemedAt: START + 5,
    });
  });

  it("may take all and not a step more", () => {
    const ledger = ledgerAfter(earn(30));
    expect(refusal(ledger, redeem(31))).toEqual({
      code: "insufficient_balance",
      unit: "point",
      requested: 31,
      available: 30,
    });
    accept(ledger, redeem(30));
    expect(lotsOf(ledger)).toEqual([]);
    expect(refusal(ledger, redeem(1))).toMatchObject({ available: 0 });
  });

  it("takes nothing of another unit", () => {
    const ledger = ledgerAfter(earn(30), earn(2, NEVER, "stamp"));
    expect(refusal(ledger, redeem(3, "stamp"))).toMatchObject({ unit: "stamp", available: 2 });
    accept(ledger, redeem(2, "stamp"));
    expect(balanceOf(ledger)).toBe(30);
  });

  it("is refused while there is a debt, which is no amount to spend", () => {
    const debt = { program: program({ allowDebt: true }) };
    const ledger = ledgerAfter(earn(30), redeem(30));
    accept(ledger, reverse(1), START, debt);
    expect(balanceOf(ledger)).toBe(-30);
    expect(refusal(ledger, redeem(1), START, debt)).toMatchObject({ requested: 1, available: 0 });
  });
});

describe("an adjustment", () => {
  it("gives and takes, and counts for no lifetime sum", () => {
    const ledger = ledgerAfter(adjust(30, LATER), adjust(10, SOON), adjust(-15));
    expect(lotsOf(ledger)).toEqual([[LATER, 25]]);
    expect(ledger.head).toMatchObject({
      holdings: { point: { balance: 25, earned: 0, redeemed: 0 } },
      lastEarnedAt: null,
      lastRedeemedAt: null,
    });
  });

  it("takes no more than there is", () => {
    expect(refusal(ledgerAfter(adjust(30)), adjust(-31))).toEqual({
      code: "insufficient_balance",
      unit: "point",
      requested: 31,
      available: 30,
    });
  });

  it("changes no tier", () => {
    const ledger = new MemoryLedger();
    expect(kinds(accept(ledger, adjust(20_000), START, tiered).entries)).toEqual(["adjust"]);
    expect(ledger.head.tier).toBeNull();
  });
});

describe("an opening balance", () => {
  it("brings lots with their expiry and the lifetime sum", () => {
    const ledger = new MemoryLedger();
    const lots = [
      { expiresAt: NEVER, amount: 5 },
      { expiresAt: SOON, amount: 20 },
      { expiresAt: SOON, amount: 1 },
      { expiresAt: LATER, amount: 0 },
    ];
    const { entries, receipt } = accept(ledger, open(lots, 100));
    expect(kinds(entries)).toEqual(["open"]);
    expect(receipt).toMatchObject({ amount: 26, balance: 26 });
    expect(lotsOf(ledger)).toEqual([
      [SOON, 21],
      [NEVER, 5],
    ]);
    expect(ledger.head).toMatchObject({
      holdings: { point: { balance: 26, earned: 100, redeemed: 0 } },
      lastEarnedAt: null,
    });
  });

  it("brings the tier along", () => {
    const ledger = new MemoryLedger();
    const { entries, receipt } = accept(ledger, open([], 50_000), START, tiered);
    expect(kinds(entries)).toEqual(["open", "tier"]);
    expect(receipt).toMatchObject({ amount: 0, standing: { tier: "Gold" }, tierBefore: "Bronze" });
  });

  it("adds to what the wallet holds", () => {
    const ledger = ledgerAfter(earn(10, SOON));
    accept(ledger, open([{ expiresAt: SOON, amount: 5 }], 5));
    expect(lotsOf(ledger)).toEqual([[SOON, 15]]);
    expect(ledger.head.holdings.point).toMatchObject({ balance: 15, earned: 15 });
  });
});

describe("the largest balance", () => {
  const full = () =>
    ledgerAfter(open([{ expiresAt: NEVER, amount: MAX_BALANCE - 10 }], MAX_BALANCE - 10));
  const tooMuch = { code: "balance_limit", unit: "point" };

  it.each([
    ["earn", earn(10), earn(11)],
    ["adjustment", adjust(10), adjust(11)],
    ["opening balance", open([{ expiresAt: SOON, amount: 10 }], 10), open([], 11)],
  ])("is reached and not passed by an %s", (_, last, beyond) => {
    expect(refusal(full(), beyond)).toEqual(tooMuch);
    const ledger = full();
    accept(ledger, last);
    expect(balanceOf(ledger)).toBe(MAX_BALANCE);
  });

  it("bounds the lots of an opening balance, whatever was earned", () => {
    const lots = [{ expiresAt: SOON, amount: 6 }];
    expect(refusal(full(), open([...lots, { expiresAt: NEVER, amount: 5 }], 0))).toEqual(tooMuch);
  });

  it("bounds the lifetime sum as well", () => {
    const ledger = full();
    accept(ledger, redeem(MAX_BALANCE - 10));
    expect(refusal(ledger, earn(11))).toEqual(tooMuch);
  });

  it("refuses what an absurd purchase would earn", () => {
    expect(refusal(new MemoryLedger(), buy((MAX_AMOUNT + 1) * 100))).toEqual(tooMuch);
  });

  it("is not passed by taking back redemptions", () => {
    const ledger = new MemoryLedger();
    for (let times = 0; times < 10; times += 1) {
      accept(ledger, adjust(MAX_BALANCE));
      accept(ledger, redeem(MAX_BALANCE));
    }
    accept(ledger, reverse(2));
    expect(refusal(ledger, reverse(4))).toEqual(tooMuch);
    expect(balanceOf(ledger)).toBe(MAX_BALANCE);
  });
});

describe("a refused command", () => {
  it("books nothing, not even what is due", () => {
    const ledger = ledgerAfter(earn(30, SOON));
    const before = ledger.head;
    expect(refusal(ledger, redeem(1), SOON)).toMatchObject({ available: 0 });
    expect(ledger.head).toBe(before);
    expect(lotsOf(ledger)).toEqual([[SOON, 30]]);
  });
});

describe("a command to expire", () => {
  it("books nothing when nothing is due", () => {
    const decided = decide(ledgerAfter(earn(30, SOON)), requestFor(EXPIRE), SOON - 1);
    expect(decided).toMatchObject({ ok: true, value: { entries: [], receipt: null } });
  });
});

describe("the assertion before a decision is stored", () => {
  const earned = (): Decision => accept(new MemoryLedger(), earn(30));

  /** The decision with its entry changed. */
  function forged(change: (entry: Entry) => Partial<Entry>): Decision {
    const decision = earned();
    return { ...decision, entries: decision.entries.map((e) => ({ ...e, ...change(e) })) };
  }

  const balance = (entry: Entry, points: number): Partial<Entry> => ({
    after: { ...entry.after, holdings: { point: { balance: points, earned: 30, redeemed: 0 } } },
  });
  const moved = (amount: number) => ({ amount, lots: [{ expiresAt: NEVER, amount }] });
  const lenient = program({ allowDebt: true });

  it("lets a sound one pass", () => {
    expect(() => assertDecision(EMPTY_HEAD, earned(), program())).not.toThrow();
  });

  it.each<[string, (entry: Entry) => Partial<Entry>]>([
    ["a number that is left out", () => ({ seq: 2 })],
    ["a head of another number", (entry) => ({ after: { ...entry.after, seq: 2 } })],
    ["an amount that is not its lots", () => ({ amount: 31 })],
    ["lots that are not its amount", () => ({ lots: [] })],
    ["a balance that is not the sum", (entry) => balance(entry, 31)],
    ["a balance below 0", (entry) => ({ ...balance(entry, -5), ...moved(-5) })],
    [
      "a balance beyond the safe integers",
      (entry) => ({ ...balance(entry, 1e16), ...moved(1e16) }),
    ],
  ])("refuses %s", (_, change) => {
    expect(() => assertDecision(EMPTY_HEAD, forged(change), program())).toThrow("entry");
  });

  it("refuses an entry that does not go on from the one before", () => {
    const [entry, ...rest] = earned().entries;
    const twice = { ...earned(), entries: [entry, entry, ...rest].filter((e) => e !== undefined) };
    expect(() => assertDecision(EMPTY_HEAD, twice, program())).toThrow("entry");
  });

  it("lets a debt grow only where the programme allows it, and shrink anywhere", () => {
    const down = forged((entry) => ({ ...balance(entry, -5), ...moved(-5) }));
    expect(() => assertDecision(EMPTY_HEAD, down, lenient)).not.toThrow();
    const owing = { ...EMPTY_HEAD, holdings: { point: { balance: -8, earned: 0, redeemed: 0 } } };
    const up = forged((entry) => ({ ...balance(entry, -5), ...moved(3) }));
    expect(() => assertDecision(owing, up, program())).not.toThrow();
    const further = forged((entry) => ({ ...balance(entry, -9), ...moved(-1) }));
    expect(() => assertDecision(owing, further, program())).toThrow("entry");
  });
});
