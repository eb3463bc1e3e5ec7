import { describe, expect, it } from "vitest";
import { NEVER } from "../../../src/core/ledger/entries.ts";
import { isUpgrade, standingFor, tierFor, tierNamed } from "../../../src/core/program/tiers.ts";
import { accept, MemoryLedger } from "../../support/ledger.ts";
import { DAY, earn, program, redeem, reverse, START, TIERS } from "../../support/requests.ts";

const SOON = START + DAY;
const tiered = program({ tiers: TIERS });
const untiered = program();

describe("a customer's standing", () => {
  it.each([
    [0, "Bronze", "Silver", 10_000],
    [1, "Bronze", "Silver", 9_999],
    [9_999, "Bronze", "Silver", 1],
    [10_000, "Silver", "Gold", 40_000],
    [10_001, "Silver", "Gold", 39_999],
    [49_999, "Silver", "Gold", 1],
    [50_000, "Gold", null, 0],
    [1_000_000_000, "Gold", null, 0],
  ])("with %i lifetime steps is %s, then %s after %i more", (lifetime, tier, next, missing) => {
    expect(standingFor(tiered, lifetime)).toEqual({ tier, next, missing });
    expect(tierFor(tiered, lifetime)?.name).toBe(tier);
  });

  it("is the lowest tier when more was taken back than earned", () => {
    expect(tierFor(tiered, -5)?.name).toBe("Bronze");
    expect(standingFor(tiered, -5)).toEqual({ tier: "Bronze", next: "Silver", missing: 10_005 });
  });

  it("is nothing in a programme without tiers", () => {
    expect(standingFor(untiered, 10_000)).toEqual({ tier: null, next: null, missing: 0 });
    expect(tierFor(untiered, 10_000)).toBeUndefined();
  });
});

describe("a tier's name", () => {
  it("finds the tier as long as the programme has it", () => {
    expect(tierNamed(tiered, "Silver")).toBe(TIERS[1]);
    expect(tierNamed(tiered, "Platinum")).toBeUndefined();
    expect(tierNamed(tiered, null)).toBeUndefined();
  });
});

describe("a change of tier", () => {
  it.each([
    ["Bronze", "Silver", true],
    ["Bronze", "Gold", true],
    ["Gold", "Silver", false],
    ["Silver", "Bronze", false],
    ["Silver", "Silver", false],
    [null, "Bronze", true],
    ["Platinum", "Bronze", true],
    ["Bronze", null, false],
    ["Bronze", "Platinum", false],
    [null, null, false],
  ])("from %s to %s is an upgrade: %s", (from, to, upgrade) => {
    expect(isUpgrade(tiered, from, to)).toBe(upgrade);
  });
});

describe("the tier of a wallet", () => {
  it("rises with an earn, in an entry of its own", () => {
    const ledger = new MemoryLedger();
    const { entries, receipt } = accept(ledger, earn(10_000), START, { program: tiered });
    expect(entries).toMatchObject([
      { seq: 1, kind: "earn", after: { tier: null } },
      { seq: 2, kind: "tier", unit: "point", amount: 0, lots: [], after: { tier: "Silver" } },
    ]);
    expect(receipt).toMatchObject({ seq: 1, tierBefore: "Bronze", standing: { tier: "Silver" } });
    expect(ledger.head.tier).toBe("Silver");
  });

  it("stays below its threshold and says so by no entry", () => {
    const ledger = new MemoryLedger();
    const { entries, receipt } = accept(ledger, earn(9_999), START, { program: tiered });
    expect(entries).toHaveLength(1);
    expect(receipt).not.toHaveProperty("tierBefore");
    expect(receipt.standing).toEqual({ tier: "Bronze", next: "Silver", missing: 1 });
  });

  it("falls with the reversal of an earn", () => {
    const ledger = new MemoryLedger();
    accept(ledger, earn(60_000), START, { program: tiered });
    accept(ledger, earn(1), START, { program: tiered });
    const { entries, receipt } = accept(ledger, reverse(1), START, { program: tiered });
    expect(entries.map((entry) => [entry.kind, entry.after.tier])).toEqual([
      ["reverse", "Gold"],
      ["tier", "Bronze"],
    ]);
    expect(receipt).toMatchObject({ tierBefore: "Gold", standing: { tier: "Bronze" } });
  });

  it("does not fall by a redemption or an expiry", () => {
    const ledger = new MemoryLedger();
    accept(ledger, earn(20_000, SOON), START, { program: tiered });
    accept(ledger, redeem(15_000), START, { program: tiered });
    accept(ledger, earn(1), SOON, { program: tiered });
    expect(ledger.head).toMatchObject({ tier: "Silver", holdings: { point: { balance: 1 } } });
  });

  it("is judged by points, whatever unit is earned", () => {
    const ledger = new MemoryLedger();
    const { receipt } = accept(ledger, earn(60_000, NEVER, "stamp"), START, { program: tiered });
    expect(receipt.standing.tier).toBe("Bronze");
    expect(ledger.head.tier).toBeNull();
  });

  it("follows a programme that changed with the next earn", () => {
    const ledger = new MemoryLedger();
    accept(ledger, earn(10_000), START, { program: tiered });
    const { receipt } = accept(ledger, earn(1), START);
    expect(receipt).toMatchObject({ tierBefore: "Silver", standing: { tier: null } });
    expect(ledger.head.tier).toBeNull();
  });
});
