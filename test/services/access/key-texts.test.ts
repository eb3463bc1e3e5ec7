import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { makeKeyText, randomText } from "../../../src/services/access/key-texts.ts";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function base62(value: number, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest = Math.floor(rest / 62)) {
    text = DIGITS.charAt(rest % 62) + text;
  }
  return text;
}

describe("a random text", () => {
  it.each([0, 1, 2, 32, 40, 1000])("has %d characters of base 62", (length) => {
    expect(randomText(length)).toMatch(new RegExp(`^[0-9A-Za-z]{${length}}$`));
  });

  it("has every character equally often", () => {
    const expected = 2000;
    const counts = new Map<string, number>();
    for (let i = 0; i < expected; i += 1) {
      for (const character of randomText(62)) {
        counts.set(character, (counts.get(character) ?? 0) + 1);
      }
    }
    expect([...counts.keys()].sort().join("")).toBe([...DIGITS].sort().join(""));
    // Six standard deviations; a remainder of 256 by 62 that is kept is off by nine.
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(268);
  });

  it("never comes twice", () => {
    const texts = Array.from({ length: 1000 }, () => randomText(32));
    expect(new Set(texts).size).toBe(1000);
  });
});

describe("a key text", () => {
  it.each(["live", "test"] as const)("of mode %s shows it, and ends in its CRC-32", (mode) => {
    for (let i = 0; i < 50; i += 1) {
      const text = makeKeyText(mode);
      const [, body = "", check] =
        /^(gd_(?:live|test)_[0-9A-Za-z]{32})([0-9A-Za-z]{6})$/.exec(text) ?? [];
      expect(body.startsWith(`gd_${mode}_`)).toBe(true);
      expect(check).toBe(base62(crc32(body), 6));
    }
  });
});
