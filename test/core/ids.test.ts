import { describe, expect, it } from "vitest";
import {
  followingUlid,
  isUlid,
  makeId,
  ulidOf,
  ulidToUuid,
  uuidToUlid,
} from "../../src/core/ids.ts";

const ulid = "01K3Q8Z0V4N6W2R8T0Y5B7D9FA";

describe("an id", () => {
  it("is its prefix and a ULID", () => {
    expect(makeId("cus", ulid)).toBe(`cus_${ulid}`);
    expect(ulidOf("cus", `cus_${ulid}`)).toBe(ulid);
  });

  it.each([
    ["another prefix", `mer_${ulid}`],
    ["no prefix", ulid],
    ["no separator", `cus${ulid}`],
    ["two prefixes", `cus_cus_${ulid}`],
    ["lower case", `cus_${ulid.toLowerCase()}`],
    ["one character too few", `cus_${ulid.slice(1)}`],
    ["one character too many", `cus_${ulid}0`],
    ["a line break behind it", `cus_${ulid}\n`],
    ["nothing", ""],
  ])("is not recognised with %s", (_, text) => {
    expect(ulidOf("cus", text)).toBeNull();
  });
});

describe("a ULID", () => {
  it("is 26 characters of Crockford's base 32", () => {
    expect(isUlid(ulid)).toBe(true);
    expect(isUlid("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")).toBe(true);
  });

  it.each(["I", "L", "O", "U", "-", "a", " "])("has no %j", (character) => {
    expect(isUlid(ulid.slice(0, -1) + character)).toBe(false);
  });

  it("holds no more than 128 bits", () => {
    expect(isUlid("80000000000000000000000000")).toBe(false);
  });
});

describe("the ULIDs that follow one", () => {
  it("begin with itself", () => {
    expect(followingUlid(ulid, 0)).toBe(ulid);
  });

  it("rise by one in the last place", () => {
    expect(followingUlid("01K3Q8Z0V4N6W2R8T0Y5B7D9FA", 1)).toBe("01K3Q8Z0V4N6W2R8T0Y5B7D9FB");
    expect(followingUlid("01K3Q8Z0V4N6W2R8T0Y5B7D9FH", 1)).toBe("01K3Q8Z0V4N6W2R8T0Y5B7D9FJ");
  });

  it("carry into the places before", () => {
    expect(followingUlid("01K3Q8Z0V4N6W2R8T0Y5B7D9ZZ", 1)).toBe("01K3Q8Z0V4N6W2R8T0Y5B7DA00");
    expect(followingUlid("01K3Q8Z0V4N6W2R8T0Y5B7D9ZZ", 33)).toBe("01K3Q8Z0V4N6W2R8T0Y5B7DA10");
  });

  it("wrap within the last eight characters, so that the time stays", () => {
    expect(followingUlid("01K3Q8Z0V4N6W2R8T0ZZZZZZZZ", 1)).toBe("01K3Q8Z0V4N6W2R8T000000000");
  });

  it("are ULIDs that differ from one another", () => {
    const all = Array.from({ length: 5_000 }, (_, n) => followingUlid(ulid, n));
    expect(new Set(all).size).toBe(all.length);
    expect(all.every(isUlid)).toBe(true);
  });
});

describe("a ULID as UUID", () => {
  it.each([
    ["00000000000000000000000000", "00000000-0000-0000-0000-000000000000"],
    ["00000000000000000000000001", "00000000-0000-0000-0000-000000000001"],
    ["0000000000000000000000000Z", "00000000-0000-0000-0000-00000000001f"],
    ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "01563e3a-b5d3-d676-4c61-efb99302bd5b"],
    ["7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
  ])("has the same bits: %s is %s", (one, other) => {
    expect(ulidToUuid(one)).toBe(other);
    expect(uuidToUlid(other)).toBe(one);
    expect(uuidToUlid(other.toUpperCase())).toBe(one);
  });

  it.each([
    ["a digit too few", "01563e3a-b5d3-d676-4c61-efb99302bd5"],
    ["a digit too many", "01563e3a-b5d3-d676-4c61-efb99302bd5b0"],
    ["no dashes", "01563e3ab5d3d6764c61efb99302bd5b"],
    ["no digit", "01563e3a-b5d3-d676-4c61-efb99302bd5g"],
    ["brackets", "{01563e3a-b5d3-d676-4c61-efb99302bd5b}"],
    ["a ULID", ulid],
    ["nothing", ""],
  ])("is not read from %s", (_, text) => {
    expect(uuidToUlid(text)).toBeNull();
  });
});
