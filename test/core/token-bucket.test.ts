import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Bucket, BucketPolicy } from "../../src/core/token-bucket.ts";
import { fullBucket, LEASE_MS, LEASE_TOKENS, lease } from "../../src/core/token-bucket.ts";

const KIRIMEL: BucketPolicy = { capacity: 200, perMinute: 100 };
const START = 1_000_000;
const MINUTE = 60_000;

/** What a holder was told it could still spend before a moment. */
interface Told {
  left: number;
  readonly until: number;
}

/** Holders that spend what they lease as isolates do: to the end, then they ask again. */
class Holders {
  bucket: Bucket;
  now = START;
  readonly passes: number[] = [];
  readonly brokenPromises: string[] = [];
  asked = 0;
  retryAfterMs = 0;
  readonly #policy: BucketPolicy;
  readonly #held = new Map<string, { tokens: number; reserved: number; until: number }>();
  readonly #promises = new Map<string, Told[]>();

  constructor(policy: BucketPolicy) {
    this.#policy = policy;
    this.bucket = fullBucket(policy, START);
  }

  /** One request; whether it passes. */
  request(holder: string): boolean {
    const held = this.#held.get(holder);
    const usable = held !== undefined && held.until > this.now && held.tokens > 0;
    const own = usable ? held : this.#ask(holder);
    const promises = this.#promisesOf(holder);
    if (own.tokens === 0) {
      const broken = promises.filter(({ left }) => left > 0);
      if (broken.length > 0) this.brokenPromises.push(`${holder} at ${this.now}`);
      return false;
    }
    own.tokens -= 1;
    this.passes.push(this.now);
    for (const promise of promises) promise.left -= 1;
    promises.push({ left: own.tokens + own.reserved, until: own.until });
    return true;
  }

  /** Requests until one is refused; how many passed. */
  drain(holder: string): number {
    const before = this.passes.length;
    while (this.request(holder)) {
      if (this.passes.length - before > 1_000) throw new Error("the bucket has no end");
    }
    return this.passes.length - before;
  }

  #ask(holder: string) {
    const answer = lease(this.bucket, this.#policy, holder, this.now);
    this.bucket = answer.bucket;
    this.asked += 1;
    this.retryAfterMs = answer.lease.retryAfterMs;
    const { tokens, reserved, until } = answer.lease;
    const held = { tokens, reserved, until };
    this.#held.set(holder, held);
    return held;
  }

  #promisesOf(holder: string): Told[] {
    const live = (this.#promises.get(holder) ?? []).filter(({ until }) => until > this.now);
    this.#promises.set(holder, live);
    return live;
  }
}

interface Step {
  readonly wait: number;
  readonly holder: string;
  readonly requests: number;
}

const steps = fc.array(
  fc.record<Step>({
    wait: fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 50 }) },
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
      { weight: 2, arbitrary: fc.constantFrom(LEASE_MS - 1, LEASE_MS, LEASE_MS + 1) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 200_000 }) },
    ),
    holder: fc.constantFrom("a", "b", "c", "d", "e"),
    requests: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 120 })),
  }),
  { minLength: 1, maxLength: 60 },
);

const policies = fc.oneof(
  fc.constant(KIRIMEL),
  fc.record({
    capacity: fc.integer({ min: 1, max: 300 }),
    perMinute: fc.integer({ min: 1, max: 600 }),
  }),
);

function play(policy: BucketPolicy, script: readonly Step[]): Holders {
  const holders = new Holders(policy);
  for (const { wait, holder, requests } of script) {
    holders.now += wait;
    for (let i = 0; i < requests; i += 1) holders.request(holder);
  }
  return holders;
}

/** How many more passed in the worst window than the bucket may let through. */
function worstExcess({ capacity, perMinute }: BucketPolicy, passes: readonly number[]): number {
  let lowest = Number.POSITIVE_INFINITY;
  let worst = Number.NEGATIVE_INFINITY;
  passes.forEach((time, count) => {
    const level = count - (time * perMinute) / MINUTE;
    lowest = Math.min(lowest, level);
    worst = Math.max(worst, level - lowest + 1 - capacity);
  });
  return worst;
}

const inAll = ({ free, outstanding, reserves }: Bucket): number =>
  [...outstanding, ...reserves].reduce((sum, share) => sum + share.tokens, free);

describe("a bucket that several holders lease from", () => {
  it("lets at most capacity + rate × time pass in any window", () => {
    fc.assert(
      fc.property(policies, steps, (policy, script) => {
        const { passes, bucket } = play(policy, script);
        expect(worstExcess(policy, passes)).toBeLessThan(1e-6);
        expect(inAll(bucket)).toBeLessThan(policy.capacity + 1e-6);
      }),
      { numRuns: 500 },
    );
  });

  it("never refuses a holder what it was told it could spend before its lease lapses", () => {
    fc.assert(
      fc.property(policies, steps, (policy, script) => {
        expect(play(policy, script).brokenPromises).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("keeps its word to a holder though others take all that is free", () => {
    const holders = new Holders(KIRIMEL);
    expect(holders.request("a")).toBe(true);
    holders.drain("b");
    for (let i = 0; i < 20; i += 1) expect(holders.request("a")).toBe(true);
    holders.drain("c");
    holders.drain("a");
    expect(holders.brokenPromises).toEqual([]);
    expect(holders.passes).toHaveLength(200);
  });

  it("tells a refused holder the very moment at which a token is there", () => {
    fc.assert(
      fc.property(policies, steps, fc.constantFrom("a", "z"), (policy, script, holder) => {
        const holders = play(policy, script);
        holders.drain(holder);
        const { bucket, now, retryAfterMs } = holders;
        const at = (moment: number) => lease(bucket, policy, holder, moment).lease.tokens;
        expect(retryAfterMs).toBeGreaterThan(0);
        expect(at(now + retryAfterMs + 1)).toBeGreaterThan(0);
        expect(at(now + retryAfterMs - 2)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it("never tells a refused holder to come back at once", () => {
    const policy = { capacity: 200, perMinute: 100 };
    const almost = { free: 1 - 1e-13, at: 5, outstanding: [], reserves: [] };
    expect(lease(almost, policy, "a", 5).lease).toMatchObject({ tokens: 0, retryAfterMs: 1 });
    expect(lease(almost, policy, "a", 6).lease.tokens).toBe(1);
  });

  it("gives a newcomer a token while half of the capacity is unspent", () => {
    fc.assert(
      fc.property(policies, fc.double({ min: 0, max: 0.5, noNaN: true }), (policy, share) => {
        const holders = new Holders(policy);
        const spent = Math.min(Math.ceil(policy.capacity * share), policy.capacity - 1);
        for (let i = 0; i < spent; i += 1) expect(holders.request("first")).toBe(true);
        expect(holders.request("newcomer")).toBe(policy.capacity > 1 || spent === 0);
      }),
    );
  });

  it("leases from the state it stored: a copy goes on as the original would", () => {
    fc.assert(
      fc.property(policies, steps, (policy, script) => {
        const { bucket, now } = play(policy, script);
        const copy = JSON.parse(JSON.stringify(bucket)) as Bucket;
        expect(lease(copy, policy, "a", now + 500)).toEqual(lease(bucket, policy, "a", now + 500));
      }),
    );
  });
});

describe("a bucket with one holder", () => {
  it("lets the whole capacity pass at once, and not one more", () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(new Holders(policy).drain("only")).toBe(policy.capacity);
      }),
    );
  });

  it("refuses the 201st request of a burst for 0.6 seconds", () => {
    const holders = new Holders(KIRIMEL);
    for (let i = 0; i < 200; i += 1) expect(holders.request("only")).toBe(true);
    expect(holders.request("only")).toBe(false);
    expect(holders.retryAfterMs).toBe(600);
    holders.now += 599;
    expect(holders.request("only")).toBe(false);
    holders.now += 1;
    expect(holders.request("only")).toBe(true);
    expect(holders.request("only")).toBe(false);
  });

  it("flows in at its rate from the moment that a burst has spent it", () => {
    const holders = new Holders(KIRIMEL);
    holders.drain("only");
    for (let seconds = 0; seconds < 60; seconds += 6) {
      holders.now += 6_000;
      expect(holders.drain("only")).toBe(10);
    }
  });

  it("is full again after a pause, and never fuller than full", () => {
    for (const pause of [120_000, 3_600_000, 90 * 24 * 3_600_000]) {
      const holders = new Holders(KIRIMEL);
      holders.drain("only");
      holders.now += LEASE_MS + pause;
      expect(holders.drain("only")).toBe(200);
    }
  });

  it("never refuses who keeps to the rate", () => {
    const gaps = fc.array(fc.integer({ min: 600, max: 12_000 }), { maxLength: 800 });
    fc.assert(
      fc.property(fc.oneof(gaps, fc.constant(Array<number>(2_000).fill(600))), (waits) => {
        const holders = play(
          KIRIMEL,
          waits.map((wait) => ({ wait, holder: "only", requests: 1 })),
        );
        expect(holders.passes).toHaveLength(waits.length);
      }),
      { numRuns: 30 },
    );
  });

  it("is asked for at most one request in ten while it has tokens", () => {
    const holders = new Holders(KIRIMEL);
    for (let i = 0; i < 180; i += 1) holders.request("only");
    expect(holders.passes).toHaveLength(180);
    expect(holders.asked).toBeLessThanOrEqual(18);
  });
});

describe("a lease", () => {
  it("holds twenty tokens for ten seconds, and keeps back half of what is left", () => {
    const { lease: first } = lease(fullBucket(KIRIMEL, START), KIRIMEL, "a", START);
    expect([LEASE_TOKENS, LEASE_MS]).toEqual([20, 10_000]);
    const until = START + 10_000;
    expect(first).toEqual({ tokens: 20, reserved: 90, until, retryAfterMs: 0 });
  });

  it("costs what lapses unspent, since it could be spent to the end, and returns the rest", () => {
    const { bucket } = lease(fullBucket(KIRIMEL, START), KIRIMEL, "a", START);
    const holders = new Holders(KIRIMEL);
    holders.bucket = bucket;
    holders.now = START + LEASE_MS;
    expect(holders.drain("b")).toBe(180);
  });

  it("that is not spent leaves its tokens to nobody before it lapses", () => {
    const { bucket } = lease(fullBucket(KIRIMEL, START), KIRIMEL, "idle", START);
    const holders = new Holders(KIRIMEL);
    holders.bucket = bucket;
    expect(holders.drain("busy")).toBe(90);
    holders.now = START + LEASE_MS;
    expect(holders.drain("busy")).toBe(90 + 16);
  });

  it("invents nothing when the clock goes back", () => {
    const holders = new Holders(KIRIMEL);
    holders.drain("a");
    holders.now -= 3_600_000;
    expect(holders.request("b")).toBe(false);
    holders.now += 3_600_000;
    expect(holders.request("b")).toBe(false);
  });

  it("changes neither the bucket that it is taken from nor the policy", () => {
    const bucket = fullBucket(KIRIMEL, START);
    const before = JSON.stringify(bucket);
    lease(lease(bucket, KIRIMEL, "a", START).bucket, KIRIMEL, "b", START + 5);
    expect(JSON.stringify(bucket)).toBe(before);
  });
});
