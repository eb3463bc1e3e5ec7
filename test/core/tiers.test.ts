import { describe, expect, it } from "vitest";
import { isUpgrade, standingFor, tierFor, tierNamed } from "../../src/core/tiers.ts";
import { program, TIERS } from "../support/requests.ts";

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
