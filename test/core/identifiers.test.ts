import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isReferenceCode,
  MAX_EMAIL,
  makeReferenceCode,
  normaliseEmail,
  normalisePhone,
} from "../../src/core/identifiers.ts";

describe("a telephone number", () => {
  it.each([
    ["+4915112345678", "+4915112345678"],
    ["+49 151 1234-5678", "+4915112345678"],
    ["+1 (212) 555.0100", "+12125550100"],
    ["  +44 20 7946 0000 ", "+442079460000"],
    ["+1234567", "+1234567"],
    ["+123456789012345", "+123456789012345"],
  ])("%j becomes %s", (text, phone) => {
    expect(normalisePhone(text)).toBe(phone);
  });

  it.each([
    ["no country", "015112345678"],
    ["two zeros for a plus", "004915112345678"],
    ["too few digits", "+123456"],
    ["too many digits", "+1234567890123456"],
    ["letters", "+49CALLME1234"],
    ["a plus in the middle", "+49+15112345678"],
    ["an extension", "+4915112345678x12"],
    ["digits of another script", "+٤٩١٥١١٢٣٤٥٦٧٨"],
    ["nothing", ""],
  ])("is refused with %s", (_, text) => {
    expect(normalisePhone(text)).toBeNull();
  });
});

describe("an e-mail address", () => {
  it.each([
    ["ada@example.com", "ada@example.com"],
    [" Ada.Lovelace+till@Example.COM ", "ada.lovelace+till@example.com"],
    ["o'neil@mail.example.co.uk", "o'neil@mail.example.co.uk"],
    ["ünï@exämple.de", "ünï@exämple.de"],
  ])("%j becomes %s", (text, email) => {
    expect(normaliseEmail(text)).toBe(email);
  });

  it.each([
    ["no @", "ada.example.com"],
    ["two @", "ada@home@example.com"],
    ["nobody", "@example.com"],
    ["no domain", "ada@"],
    ["a domain without a point", "ada@example"],
    ["a point at the end", "ada@example.com."],
    ["a blank inside", "ada lovelace@example.com"],
    ["a line break inside", "ada@example.com\nbcc:eve@example.com"],
    ["a display name", "Ada <ada@example.com>"],
    ["a list", "ada@example.com,eve@example.com"],
    ["nothing", ""],
  ])("is refused with %s", (_, text) => {
    expect(normaliseEmail(text)).toBeNull();
  });

  it(`has at most ${MAX_EMAIL} characters`, () => {
    const host = "@example.com";
    const longest = "a".repeat(MAX_EMAIL - host.length) + host;
    expect(normaliseEmail(longest)).toBe(longest);
    expect(normaliseEmail(`a${longest}`)).toBeNull();
  });

  it("is refused in no time, however it is built", () => {
    const start = Date.now();
    expect(normaliseEmail(`${"a.".repeat(100_000)}@`)).toBeNull();
    expect(normaliseEmail(`a@${".a".repeat(125)}@`)).toBeNull();
    expect(Date.now() - start).toBeLessThan(500);
  });
});

describe("a reference code", () => {
  it("has 16 digits, no leading zero, and is a number that loses no digit", () => {
    const bits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const property = fc.property(bits, (random) => {
      const code = makeReferenceCode(random);
      expect(isReferenceCode(code)).toBe(true);
      expect(String(Number(code))).toBe(code);
      expect(Number.isSafeInteger(Number(code))).toBe(true);
    });
    fc.assert(property);
  });

  it("comes from all of the random bits that fit", () => {
    expect(makeReferenceCode(0n)).toBe("1000000000000000");
    expect(makeReferenceCode(8n * 10n ** 15n - 1n)).toBe("8999999999999999");
    expect(makeReferenceCode(8n * 10n ** 15n)).toBe("1000000000000000");
  });

  it.each(["", "123456789012345", "12345678901234567", "123456789012345a", " 234567890123456"])(
    "is not %j",
    (text) => {
      expect(isReferenceCode(text)).toBe(false);
    },
  );
});
