import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { afterEach, describe, expect, it, vi } from "vitest";
import { settingsOf } from "../../src/env.ts";
import { SENDING_MS } from "../../src/otp/challenge.ts";
import { oneTimePasswordsOf } from "../../src/otp/client.ts";
import { keyedHash } from "../../src/otp/keyed-hash.ts";

const { masterKeys } = settingsOf(env);
const MOBILE = "+919876543210";

function subject(given: { mode?: "live" | "test"; fixedCode?: string | null } = {}) {
  const who = { merchant: `mer_${ulid()}`, mobile: MOBILE };
  const options = { env, masterKeys, mode: "live" as const, fixedCode: null, ...given };
  return { passwords: oneTimePasswordsOf(options, who), who };
}

async function objectOf({ merchant, mobile }: { merchant: string; mobile: string }) {
  const name = await keyedHash(masterKeys, "otp/subject", `${merchant}/${mobile}`);
  return { name, stub: env.OTPS.getByName(name) };
}

/** The code that was issued. */
async function issue(passwords: ReturnType<typeof oneTimePasswordsOf>): Promise<string> {
  const issued = await passwords.issue("redeem");
  if (!("code" in issued)) throw new Error("refused");
  return issued.code;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the object of a subject", () => {
  it("keeps the code nowhere, and no personal data in its name", async () => {
    const { passwords, who } = subject();
    const code = await issue(passwords);
    const { name, stub } = await objectOf(who);
    expect(name).toMatch(/^[0-9a-f]{64}$/);
    const kept = await runInDurableObject(stub, (_object, { storage }) =>
      JSON.stringify(storage.kv.get("state")),
    );
    expect(kept).toMatch(/"hash":"[0-9a-f]{64}"/);
    expect(kept).not.toContain(code);
    expect(kept).not.toContain("9876543210");
  });

  it("lets one of many tries at once pass", async () => {
    const { passwords } = subject();
    const code = await issue(passwords);
    const tries = Array.from({ length: 8 }, () => passwords.verify(code, null));
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
  });

  it("counts every one of many wrong tries at once", async () => {
    const { passwords } = subject();
    const code = await issue(passwords);
    const other = code === "111111" ? "222222" : "111111";
    await Promise.all(Array.from({ length: 5 }, () => passwords.verify(other, null)));
    expect(await passwords.verify(code, null)).toBe(false);
  });

  it("survives an eviction", async () => {
    const { passwords, who } = subject();
    const code = await issue(passwords);
    await evictDurableObject((await objectOf(who)).stub);
    expect(await passwords.verify(code, null)).toBe(true);
  });

  it("deletes itself an hour after the last message, and not before", async () => {
    const { passwords, who } = subject();
    await issue(passwords);
    const { stub } = await objectOf(who);
    const keys = () =>
      runInDurableObject(stub, (_object, { storage }) => [...storage.kv.list()].length);
    await runDurableObjectAlarm(stub);
    expect(await keys()).toBe(1);
    const alarm = await runInDurableObject(stub, (_object, { storage }) => storage.getAlarm());
    expect(Math.abs((alarm ?? 0) - Date.now() - SENDING_MS)).toBeLessThan(10_000);
    const later = Date.now() + SENDING_MS + 1_000;
    vi.spyOn(Date, "now").mockImplementation(() => later);
    await runDurableObjectAlarm(stub);
    expect(await keys()).toBe(0);
    expect(await runInDurableObject(stub, (_object, { storage }) => storage.getAlarm())).toBeNull();
  });

  it("knows a mobile of one merchant from the same one of another", async () => {
    const [one, other] = [subject(), subject()];
    const code = await issue(one.passwords);
    await issue(other.passwords);
    expect(await other.passwords.verify(code, null)).toBe(false);
    expect(await one.passwords.verify(code, null)).toBe(true);
  });
});

describe("a code", () => {
  it("has six digits, and differs from one time to the next", async () => {
    const codes = await Promise.all(Array.from({ length: 40 }, () => issue(subject().passwords)));
    expect(codes.filter((code) => !/^\d{6}$/.test(code))).toEqual([]);
    expect(new Set(codes).size).toBeGreaterThan(35);
  });

  it("comes from the whole range, without a bias by the remainder", async () => {
    const limit = 2 ** 32 - (2 ** 32 % 1_000_000);
    const values = [2 ** 32 - 1, limit, limit - 1];
    const { passwords } = subject();
    vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
      (array as unknown as Uint32Array)[0] = values.shift() ?? 7;
      return array;
    });
    expect(await issue(passwords)).toBe("999999");
    expect(await issue(passwords)).toBe("000007");
  });

  it("is fixed for a sandbox merchant, and used up all the same", async () => {
    const { passwords } = subject({ fixedCode: "000000" });
    expect(await issue(passwords)).toBe("000000");
    expect(await passwords.verify("000000", "redeem")).toBe(true);
    expect(await passwords.verify("000000", "redeem")).toBe(false);
  });

  it("is 000000 for a sandbox key, which keeps nothing", async () => {
    const { passwords, who } = subject({ mode: "test" });
    expect(await issue(passwords)).toBe("000000");
    expect(await passwords.verify("000000", "redeem")).toBe(true);
    expect(await passwords.verify("000001", null)).toBe(false);
    const { stub } = await objectOf(who);
    const kept = await runInDurableObject(stub, (_object, { storage }) => storage.kv.get("state"));
    expect(kept).toBeUndefined();
  });
});

describe("a keyed hash", () => {
  it("depends on the text, the purpose and the current key", async () => {
    const other = { current: "2", keys: { "2": btoa("another key of thirty-two bytes!") } };
    const hashes = await Promise.all([
      keyedHash(masterKeys, "a", "x"),
      keyedHash(masterKeys, "a", "y"),
      keyedHash(masterKeys, "b", "x"),
      keyedHash(other, "a", "x"),
    ]);
    expect(new Set(hashes).size).toBe(4);
    expect(await keyedHash(masterKeys, "a", "x")).toBe(hashes[0]);
  });
});
