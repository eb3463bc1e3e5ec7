import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { describe, expect, it } from "vitest";
import type { RateLimiter } from "../../src/limits/object.ts";
import { useClock } from "../support/wallet.ts";

const POLICY = { capacity: 200, perMinute: 100 };
const clock = useClock();

const someLimiter = (): DurableObjectStub<RateLimiter> => env.LIMITS.getByName(`key/${ulid()}`);

/** Leases until nothing is left; how many tokens there were. */
async function drain(limiter: DurableObjectStub<RateLimiter>, holder = "isolate"): Promise<number> {
  for (let sum = 0; ; ) {
    const { tokens } = await limiter.lease(POLICY, holder);
    if (tokens === 0) return sum;
    sum += tokens;
  }
}

function alarmOf(limiter: DurableObjectStub<RateLimiter>): Promise<number | null> {
  return runInDurableObject(limiter, (_object, { storage }) => storage.getAlarm());
}

function keysOf(limiter: DurableObjectStub<RateLimiter>): Promise<string[]> {
  return runInDurableObject(limiter, async (_object, { storage }) => [
    ...(await storage.list()).keys(),
  ]);
}

describe("the object of a bucket", () => {
  it("gives out the capacity and no more, to however many holders at once", async () => {
    const limiter = someLimiter();
    const holders = Array.from({ length: 20 }, (_, i) => `isolate ${i}`);
    const sums = await Promise.all(holders.map((holder) => drain(limiter, holder)));
    expect(sums.reduce((sum, tokens) => sum + tokens, 0)).toBe(200);
  });

  it("does not fill the bucket when it is evicted", async () => {
    const limiter = someLimiter();
    expect(await drain(limiter)).toBe(200);
    await evictDurableObject(limiter);
    expect(await drain(limiter)).toBe(0);
    clock.now += 6_000;
    await evictDurableObject(limiter);
    expect(await drain(limiter)).toBe(10);
  });

  it("remembers what it keeps back for a holder when it is evicted", async () => {
    const limiter = someLimiter();
    const { tokens, reserved } = await limiter.lease(POLICY, "slow");
    await evictDurableObject(limiter);
    expect(await drain(limiter, "greedy")).toBe(200 - tokens - reserved);
    expect(await drain(limiter, "slow")).toBe(reserved);
  });

  it("cleans up when the bucket has been full for a while, and begins anew", async () => {
    const limiter = someLimiter();
    await drain(limiter);
    expect(await keysOf(limiter)).not.toEqual([]);
    const due = await alarmOf(limiter);
    // 2 minutes to fill, 10 seconds for the last lease to lapse.
    expect(Number(due) - clock.now).toBeGreaterThanOrEqual(130_000);
    clock.now = Number(due);
    expect(await runDurableObjectAlarm(limiter)).toBe(true);
    expect(await keysOf(limiter)).toEqual([]);
    expect(await alarmOf(limiter)).toBeNull();
    expect(await drain(limiter)).toBe(200);
    expect(await alarmOf(limiter)).toBeGreaterThan(clock.now);
  });

  it("never cleans up a bucket that is not full yet", async () => {
    const limiter = someLimiter();
    for (let i = 0; i < 60; i += 1) {
      await drain(limiter);
      const due = Number(await alarmOf(limiter));
      expect(due - clock.now).toBeGreaterThanOrEqual(130_000);
      clock.now += 7_000;
    }
  });

  it("moves its alarm seldom: that is a written row", async () => {
    const limiter = someLimiter();
    const dues = new Set<number | null>();
    for (let i = 0; i < 120; i += 1) {
      await limiter.lease(POLICY, "isolate");
      dues.add(await alarmOf(limiter));
      clock.now += 1_000;
    }
    expect(dues.size).toBe(1);
  });
});
