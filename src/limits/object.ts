import { DurableObject } from "cloudflare:workers";
import type { Bucket, BucketPolicy, Lease } from "../core/token-bucket.ts";
import { fullBucket, LEASE_MS, lease } from "../core/token-bucket.ts";

const STATE = "bucket";

/**
 * One token bucket: of an API key, or of a client address that failed to authenticate. The only
 * place that makes tokens. Its state outlives an eviction, or a restart would fill the bucket.
 */
export class RateLimiter extends DurableObject<Env> {
  #bucket: Bucket | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.blockConcurrencyWhile(async () => {
      this.#bucket = (await ctx.storage.get<Bucket>(STATE)) ?? null;
    });
  }

  /** Leases tokens to a holder (an isolate). */
  async lease(policy: BucketPolicy, holder: string): Promise<Lease> {
    const now = Date.now();
    const settled = lease(this.#bucket ?? fullBucket(policy, now), policy, holder, now);
    this.#bucket = settled.bucket;
    // The answer need not wait for the disk: a lost write gives back no more than one lease.
    void this.ctx.storage.put(STATE, settled.bucket, { allowUnconfirmed: true });
    await this.#armCleaning(policy, now);
    return settled.lease;
  }

  /** A bucket that has been full for a while is as good as none: its storage goes away. */
  override async alarm(): Promise<void> {
    this.#bucket = null;
    await this.ctx.storage.deleteAll();
  }

  async #armCleaning(policy: BucketPolicy, now: number): Promise<void> {
    const fullAgainMs = (policy.capacity / policy.perMinute) * 60_000 + LEASE_MS;
    const due = await this.ctx.storage.getAlarm();
    // Moved only when half the time is over: an alarm is a written row.
    if (due === null || due - now < fullAgainMs) {
      await this.ctx.storage.setAlarm(now + 2 * fullAgainMs);
    }
  }
}
