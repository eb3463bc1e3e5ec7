import { describe, expect, it } from "vitest";
import { MAX_EMAIL, normaliseEmail, normalisePhone } from "../../src/core/identifiers.ts";

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
