import { describe, expect, it } from "vitest";
import {
  equalInConstantTime,
  fromBase64,
  hex,
  sha256Hex,
  toBase64Url,
} from "../../src/core/digest.ts";

describe("SHA-256", () => {
  // All but the last are example values that NIST publishes for FIPS 180-4.
  it.each([
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    ["ä€😀", "819fe77d1c7897c4c541e21c63d27154d46e12cc65074d8d9c874626a40a6074"],
  ])("of %j is of its UTF-8 bytes", async (text, digest) => {
    expect(await sha256Hex(text)).toBe(digest);
  });
});

describe("bytes as text", () => {
  it("are lower-case hex with two digits each", () => {
    expect(hex(new Uint8Array([0, 1, 15, 16, 171, 255]).buffer)).toBe("00010f10abff");
    expect(hex(new ArrayBuffer(0))).toBe("");
  });

  it.each([
    [[], ""],
    [[102], "Zg"],
    [[102, 111], "Zm8"],
    [[102, 111, 111], "Zm9v"],
    [[251, 255, 191], "-_-_"],
  ])("%j are base64url %j without padding", (bytes, text) => {
    expect(toBase64Url(new Uint8Array(bytes))).toBe(text);
    expect([...fromBase64(text)]).toEqual(bytes);
  });

  it("are read from base64 with padding as well", () => {
    expect([...fromBase64("Zg==")]).toEqual([102]);
    expect([...fromBase64("+/+/")]).toEqual([251, 255, 191]);
  });

  it.each(["Z", "Zg=a", "Zm9v!", "Zm9vé"])("are not read from %j", (text) => {
    expect(() => fromBase64(text)).toThrow();
  });
});

describe("a comparison in constant time", () => {
  it.each([
    ["secret", "secret", true],
    ["", "", true],
    ["ä", "ä", true],
    ["secret", "Secret", false],
    ["secret", "secret ", false],
    ["secret", "secre", false],
    ["secret", "", false],
    ["ä", "a\u0308", false],
  ])("of %j and %j is %s", async (left, right, equal) => {
    expect(await equalInConstantTime(left, right)).toBe(equal);
  });
});
