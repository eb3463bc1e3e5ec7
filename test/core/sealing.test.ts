import { describe, expect, it } from "vitest";
import { fromBase64, toBase64Url } from "../../src/core/digest.ts";
import type { SealingKeys } from "../../src/core/sealing.ts";
import { NONCE_BYTES, open, seal } from "../../src/core/sealing.ts";

const key = (byte: number): string => toBase64Url(new Uint8Array(32).fill(byte));
const KEYS: SealingKeys = { current: "2", keys: { "1": key(1), "2": key(2) } };
const NONCE = new Uint8Array(NONCE_BYTES).fill(7);

/** A sealed text with one bit changed in its part of that number. */
function tampered(sealed: string, part: number): string {
  return sealed
    .split(".")
    .map((text, i) => {
      if (i !== part) return text;
      const bytes = fromBase64(text);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return toBase64Url(bytes);
    })
    .join(".");
}

describe("a sealed secret", () => {
  it("is opened by the same keys in the same row", async () => {
    for (const secret of ["mg_live_secret", "", "ä€😀"]) {
      expect(await open(KEYS, "key_1", await seal(KEYS, "key_1", secret, NONCE))).toBe(secret);
    }
  });

  // Test case 13 of the GCM specification that NIST SP 800-38D refers to (McGrew and Viega).
  it("is AES-256-GCM", async () => {
    const zeros: SealingKeys = { current: "z", keys: { z: key(0) } };
    const sealed = await seal(zeros, "", "", new Uint8Array(NONCE_BYTES));
    const [version, nonce, tag] = sealed.split(".");
    expect([version, nonce]).toEqual(["z", "AAAAAAAAAAAAAAAA"]);
    const hex = [...fromBase64(tag ?? "")].map((byte) => byte.toString(16).padStart(2, "0"));
    expect(hex.join("")).toBe("530f8afbc74536b9a963b4f1c4cb738b");
  });

  it("does not show the secret", async () => {
    const sealed = await seal(KEYS, "key_1", "mg_live_secret", NONCE);
    expect(sealed).toMatch(/^2\.[\w-]{16}\.[\w-]+$/);
    expect(
      atob(sealed.split(".")[2]?.replaceAll("-", "+").replaceAll("_", "/") ?? ""),
    ).not.toContain("secret");
  });

  it("names its key, so that an older key still opens what it sealed", async () => {
    const sealed = await seal({ ...KEYS, current: "1" }, "key_1", "secret", NONCE);
    expect(sealed.startsWith("1.")).toBe(true);
    expect(await open(KEYS, "key_1", sealed)).toBe("secret");
  });

  it("does not open in another row", async () => {
    const sealed = await seal(KEYS, "key_1", "secret", NONCE);
    await expect(open(KEYS, "key_2", sealed)).rejects.toThrow();
  });

  it("does not open under another key", async () => {
    const sealed = await seal(KEYS, "key_1", "secret", NONCE);
    await expect(open(KEYS, "key_1", sealed.replace(/^2/, "1"))).rejects.toThrow();
    await expect(open(KEYS, "key_1", sealed.replace(/^2/, "3"))).rejects.toThrow("version 3");
  });

  it.each([
    ["nonce", 1],
    ["ciphertext", 2],
  ])("does not open with another %s", async (_, part) => {
    const sealed = await seal(KEYS, "key_1", "secret", NONCE);
    await expect(open(KEYS, "key_1", tampered(sealed, part))).rejects.toThrow();
  });

  it.each(["", "2", "2.AAAA", "2.AAAA.", "not sealed at all"])("is not %j", async (text) => {
    await expect(open(KEYS, "key_1", text)).rejects.toThrow();
  });
});
