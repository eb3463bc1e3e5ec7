import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/limits/client.ts";
import { peekTokens, takeToken } from "../../src/limits/client.ts";
import { useClock } from "../support/wallet.ts";

const POLICY = { capacity: 200, perMinute: 100 };
const clock = useClock();

/** The bindings with a limiter that counts how often any bucket's object is asked. */
function countingEnv(): { readonly env: Env; readonly asked: () => number } {
  let asked = 0;
  const getByName = (name: string) => {
    const stub = env.LIMITS.getByName(name);
    return {
      lease: (...given: Parameters<typeof stub.lease>) => {
        asked += 1;
        return stub.lease(...given);
      },
    };
  };
  return { env: { ...env, LIMITS: { getByName } as unknown as Env["LIMITS"] }, asked: () => asked };
}

const someBucket = (): string => `key/${ulid()}`;

function takeAtOnce(bindings: Env, bucket: string, count: number): Promise<Verdict[]> {
  const takes = Array.from({ length: count }, () => takeToken(bindings, bucket, POLICY, clock.now));
  return Promise.all(takes);
}

const passed = (verdicts: readonly Verdict[]): number =>
  verdicts.filter(({ allowed }) => allowed).length;

describe("an isolate that takes tokens", () => {
  it("lets exactly the capacity pass of 300 requests at once", async () => {
    const counting = countingEnv();
    const verdicts = await takeAtOnce(counting.env, someBucket(), 300);
    expect(passed(verdicts)).toBe(200);
    expect(verdicts.filter(({ allowed }) => !allowed)).toEqual(
      Array(100).fill({
        allowed: false,
        limit: 100,
        remaining: 0,
        resetAt: clock.now + 60_000,
        retryAfter: 1,
      }),
    );
  });

  it("asks the object for at most one request in ten, at once or one after another", async () => {
    const counting = countingEnv();
    await takeAtOnce(counting.env, someBucket(), 150);
    expect(counting.asked()).toBeLessThanOrEqual(15);
    const second = countingEnv();
    const bucket = someBucket();
    for (let i = 0; i < 100; i += 1) {
      await takeToken(second.env, bucket, POLICY, clock.now);
      clock.now += 300;
    }
    expect(second.asked()).toBeLessThanOrEqual(10);
  });

  it("asks again when the request that had asked was cancelled, and so never hears", async () => {
    const bucket = someBucket();
    let isGone = true;
    const getByName = (name: string) => ({
      lease: (...given: Parameters<ReturnType<typeof env.LIMITS.getByName>["lease"]>) => {
        if (!isGone) return env.LIMITS.getByName(name).lease(...given);
        isGone = false;
        return new Promise<never>(() => {});
      },
    });
    const bindings = { ...env, LIMITS: { getByName } as unknown as Env["LIMITS"] };
    void takeToken(bindings, bucket, POLICY, clock.now);
    expect(passed(await takeAtOnce(bindings, bucket, 20))).toBe(20);
    expect(passed(await takeAtOnce(env, bucket, 20))).toBe(20);
  });

  it("asks nobody again before a refusal's time is over", async () => {
    const counting = countingEnv();
    const bucket = someBucket();
    await takeAtOnce(counting.env, bucket, 201);
    const before = counting.asked();
    clock.now += 599;
    expect(passed(await takeAtOnce(counting.env, bucket, 50))).toBe(0);
    expect(counting.asked()).toBe(before);
    clock.now += 1;
    expect(passed(await takeAtOnce(counting.env, bucket, 50))).toBe(1);
  });

  it("never tells more than it can give", async () => {
    const counting = countingEnv();
    const bucket = someBucket();
    const told: number[] = [];
    for (;;) {
      const { allowed, remaining } = await takeToken(counting.env, bucket, POLICY, clock.now);
      if (!allowed) break;
      told.push(remaining);
    }
    expect(told).toHaveLength(200);
    told.forEach((remaining, i) => {
      expect(remaining).toBeLessThanOrEqual(Math.min(100, 199 - i));
    });
    // And not needlessly little: half of what there is, at least.
    expect(told[0]).toBeGreaterThanOrEqual(100);
    expect(told.at(-1)).toBe(0);
  });

  it("does not spend a lease after it lapsed, however old the request is", async () => {
    const counting = countingEnv();
    const bucket = someBucket();
    const begun = clock.now;
    await takeToken(counting.env, bucket, POLICY, begun);
    expect(counting.asked()).toBe(1);
    clock.now += 9_999;
    await takeToken(counting.env, bucket, POLICY, begun);
    expect(counting.asked()).toBe(1);
    clock.now += 1;
    await takeToken(counting.env, bucket, POLICY, begun);
    expect(counting.asked()).toBe(2);
  });

  it("takes from one bucket without touching another", async () => {
    const [one, other] = [someBucket(), someBucket()];
    await takeAtOnce(env, one, 250);
    expect(passed(await takeAtOnce(env, other, 200))).toBe(200);
  });

  it("says when the next minute begins", async () => {
    clock.now = Date.UTC(2060, 0, 1, 12, 34, 56, 789);
    const verdict = await takeToken(env, someBucket(), POLICY, clock.now);
    expect(verdict.resetAt).toBe(Date.UTC(2060, 0, 1, 12, 35));
    clock.now = Date.UTC(2060, 0, 1, 12, 35);
    expect(peekTokens("none", POLICY, clock.now).resetAt).toBe(Date.UTC(2060, 0, 1, 12, 36));
  });

  it("looks at what it holds without taking any or asking", async () => {
    const counting = countingEnv();
    const bucket = someBucket();
    expect(peekTokens(bucket, POLICY, clock.now)).toMatchObject({ allowed: true, remaining: 0 });
    await takeAtOnce(counting.env, bucket, 120);
    const before = counting.asked();
    const seen = peekTokens(bucket, POLICY, clock.now).remaining;
    expect(seen).toBeGreaterThan(0);
    expect(peekTokens(bucket, POLICY, clock.now).remaining).toBe(seen);
    expect(counting.asked()).toBe(before);
    expect(peekTokens(bucket, POLICY, clock.now + 10_000).remaining).toBe(0);
  });
});
