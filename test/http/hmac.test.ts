import { describe, expect, it } from "vitest";
import { concatBytes, verifyHmac } from "../../src/http/hmac.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** RFC 4231, test case 2. */
const KEY = "Jefe";
const MESSAGE = bytes("what do ya want for nothing?");
const HEX = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

describe("an HMAC-SHA256", () => {
  it("is verified as in RFC 4231, in either case", async () => {
    expect(await verifyHmac(KEY, [MESSAGE], HEX)).toBe(true);
    expect(await verifyHmac(KEY, [MESSAGE], HEX.toUpperCase())).toBe(true);
  });

  it("is good when it fits any of the messages", async () => {
    const others = [bytes("a"), bytes("")];
    expect(await verifyHmac(KEY, [...others, MESSAGE], HEX)).toBe(true);
    expect(await verifyHmac(KEY, [MESSAGE, ...others], HEX)).toBe(true);
    expect(await verifyHmac(KEY, others, HEX)).toBe(false);
    expect(await verifyHmac(KEY, [], HEX)).toBe(false);
  });

  it("is not good for another key or message", async () => {
    expect(await verifyHmac("jefe", [MESSAGE], HEX)).toBe(false);
    expect(await verifyHmac(KEY, [bytes("what do ya want for nothing!")], HEX)).toBe(false);
  });

  it.each([
    "",
    HEX.slice(2),
    `${HEX}00`,
    `${HEX.slice(0, -1)}g`,
    `${HEX.slice(0, -1)} `,
    ` ${HEX}`,
    `0x${HEX.slice(2)}`,
    `${HEX}\n`,
  ])("is 64 hex digits and nothing else: %j", async (signature) => {
    expect(await verifyHmac(KEY, [MESSAGE], signature)).toBe(false);
  });
});

describe("text and bytes", () => {
  it("stand behind one another as they are", () => {
    const raw = new Uint8Array([0xff, 0x00]);
    expect([...concatBytes("é.", raw)]).toEqual([0xc3, 0xa9, 0x2e, 0xff, 0x00]);
    expect([...concatBytes("", raw)]).toEqual([0xff, 0x00]);
    expect([...concatBytes("a", new Uint8Array(0))]).toEqual([0x61]);
  });
});
