import { scryptSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { toBase64Url } from "../../../src/core/digest.ts";
import { hashPassword, verifyPassword } from "../../../src/services/access/passwords.ts";

describe("a hashed password", () => {
  it("is verified, and no other is", async () => {
    const stored = await hashPassword("s3cret");
    expect(await verifyPassword("s3cret", stored)).toBe(true);
    for (const other of ["", "S3cret", "s3cre", "s3crett", " s3cret"]) {
      expect(await verifyPassword(other, stored)).toBe(false);
    }
  });

  it("is salted, so that equal passwords do not look alike", async () => {
    const [one, other] = await Promise.all([hashPassword("s3cret"), hashPassword("s3cret")]);
    expect(one).not.toBe(other);
  });

  it("says how it was made, and not of what", async () => {
    const stored = await hashPassword("s3cret");
    expect(stored).toMatch(/^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(stored).not.toContain("s3cret");
  });

  it("says what it cost, where that was less than usual", async () => {
    const stored = await hashPassword("s3cret", 16);
    expect(stored).toMatch(/^scrypt\$16\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await verifyPassword("s3cret", stored)).toBe(true);
    expect(await verifyPassword("secret", stored, 16)).toBe(false);
  });

  it("is what scrypt makes of password and salt", async () => {
    const stored = await hashPassword("s3cret");
    const [, , , , salt = "", hash] = stored.split("$");
    const raw = Buffer.from(salt, "base64url");
    const expected = scryptSync("s3cret", raw, 32, { N: 16_384, r: 8, p: 1 });
    expect(hash).toBe(toBase64Url(new Uint8Array(expected)));
  });

  it("is verified at the cost it was made with", async () => {
    const salt = Buffer.from("0123456789abcdef");
    const hash = scryptSync("s3cret", salt, 32, { N: 1024, r: 4, p: 2 });
    const parts = [salt, hash].map((part) => toBase64Url(new Uint8Array(part)));
    const stored = ["scrypt", 1024, 4, 2, ...parts].join("$");
    expect(await verifyPassword("s3cret", stored)).toBe(true);
    expect(await verifyPassword("secret", stored)).toBe(false);
  });

  it.each([
    ["é", "e\u0301"],
    ["ｐａｓｓ", "pass"],
    ["ﬁ", "fi"],
  ])("does not mind how a keyboard composes %s", async (one, other) => {
    expect(await verifyPassword(other, await hashPassword(one))).toBe(true);
  });

  it("may be long and of any script", async () => {
    const password = "пароль 密碼 🔑 ".repeat(20);
    expect(await verifyPassword(password, await hashPassword(password))).toBe(true);
  });

  it("of nobody is never right, and takes as long to be refused", async () => {
    const stored = await hashPassword("s3cret");
    const least = async (against: string | null): Promise<number> => {
      const times: number[] = [];
      for (let i = 0; i < 5; i += 1) {
        const start = performance.now();
        expect(await verifyPassword("wrong", against)).toBe(false);
        times.push(performance.now() - start);
      }
      return Math.min(...times);
    };
    const known = await least(stored);
    expect(known).toBeGreaterThan(5);
    expect(await least(null)).toBeGreaterThan(known / 2);
    expect(await verifyPassword("", null)).toBe(false);
  });

  it("of an unknown scheme is an error and never a yes", async () => {
    for (const stored of ["", "plain$s3cret", "bcrypt$1$2$3$4$5"]) {
      await expect(verifyPassword("s3cret", stored)).rejects.toThrow("unknown password scheme");
    }
  });
});
