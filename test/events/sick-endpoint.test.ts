import { runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Owner } from "../../src/wallet/rows.ts";
import type { EndpointConfig, OutgoingEvent } from "../../src/webhooks/client.ts";
import { WebhookEndpoint } from "../../src/webhooks/object.ts";
import { d1Rows } from "../support/d1.ts";
import {
  bookFor,
  feedOf,
  feedWith,
  makeShop,
  publishedOf,
  runSweep,
  type Shop,
  someCustomer,
  walletObject,
} from "../support/events.ts";
import { nativeCall, nativeMake } from "../support/native/native.ts";
import { earn } from "../support/requests.ts";
import { callNative } from "../support/webhooks.ts";

vi.setConfig({ testTimeout: 40_000 });

const SECOND = 1_000;
const MINUTE = 60_000;
const STEP = 3 * MINUTE;
const STEPS = 20;
const WALLETS = 5;

let shop: Shop;
let healthy: string;
let sick: string;
/** How far the test's clock is ahead. */
let ahead = 0;

beforeEach(async () => {
  ahead = 0;
  shop = await makeShop();
  [healthy, sick] = [await makeEndpoint("healthy"), await makeEndpoint("sick")];
  vi.spyOn(console, "error").mockImplementation(() => {});
  const realNow = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + ahead);
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function makeEndpoint(path: string): Promise<string> {
  const made = await nativeMake(
    "/webhook_endpoints",
    { url: `http://127.0.0.1:9/${path}` },
    shop.slug,
  );
  return String(made.id);
}

/** What endpoints took, in their order; one that is down throws or never answers. */
function endpoints() {
  const taken = new Map<string, string[]>();
  const down = new Map<string, () => Promise<void>>();
  const of = (id: string) => taken.get(id) ?? [];
  vi.spyOn(WebhookEndpoint.prototype, "enqueue").mockImplementation(
    async (config: EndpointConfig, events: readonly OutgoingEvent[]) => {
      await down.get(config.endpoint)?.();
      taken.set(config.endpoint, [...of(config.endpoint), ...events.map(({ id }) => id)]);
    },
  );
  return { of, down };
}

const fails = () => Promise.reject(new Error("the insert was aborted"));
const hangs = () => new Promise<void>(() => {});

const idsOf = async (of: Shop) => (await feedOf(of)).map(({ id }) => id);

async function bookAndPublish(owner: Owner): Promise<void> {
  await bookFor(owner, earn(100));
  await runDurableObjectAlarm(walletObject(owner));
}

async function behindSince(id: string): Promise<unknown> {
  const { body } = await nativeCall("GET", `/webhook_endpoints/${id}`, { merchant: shop.slug });
  return body.behind_since;
}

describe("an endpoint whose object is down", () => {
  it("for an hour under load delays nobody, and gets all of it later, in order, once", async () => {
    const { of, down } = endpoints();
    down.set(sick, fails);
    const owners = Array.from({ length: WALLETS }, () => someCustomer(shop));
    for (let step = 1; step <= STEPS; step += 1) {
      await Promise.all(owners.map(bookAndPublish));
      await runSweep();
      ahead += STEP;
    }
    const events = await idsOf(shop);
    expect(events).toHaveLength(WALLETS * STEPS);
    await vi.waitFor(() => expect(of(healthy)).toEqual(events));
    expect(await Promise.all(owners.map(publishedOf))).toEqual(owners.map(() => STEPS));
    expect(of(sick)).toEqual([]);
    expect(await behindSince(sick)).toEqual(expect.stringMatching(/^\d{4}-/));
    expect(await behindSince(healthy)).toBeNull();
    down.clear();
    // An attempt of the last minute may still be failing, and put off the next.
    const isWell = async () => {
      ahead += MINUTE;
      await runSweep();
      expect(of(sick)).toEqual(events);
      expect(await behindSince(sick)).toBeNull();
    };
    await vi.waitFor(isWell, { timeout: 15_000, interval: 200 });
    await Promise.all(owners.map(bookAndPublish));
    await vi.waitFor(async () => expect(of(sick)).toEqual(await idsOf(shop)));
    expect(of(sick)).toEqual(of(healthy));
  });

  it("is asked again ever later", async () => {
    const { down } = endpoints();
    let asked = 0;
    down.set(sick, () => {
      asked += 1;
      return fails();
    });
    await bookAndPublish(someCustomer(shop));
    const retries = "SELECT behind_failures, behind_retry_at FROM webhook_endpoints WHERE id = ?";
    const waits: number[] = [];
    // Its own timer may come before the sweep, and a failure pass between two looks.
    for (let failures = 0; failures < 7; ) {
      const row = await vi.waitFor(async () => {
        const [found] = await d1Rows<{ behind_failures: number; behind_retry_at: number }>(
          retries,
          sick,
        );
        if (found === undefined || found.behind_failures <= failures) throw new Error("not yet");
        return found;
      });
      failures = row.behind_failures;
      waits.push(Math.round((row.behind_retry_at - Date.now()) / SECOND));
      expect(asked).toBeGreaterThanOrEqual(failures);
      ahead += row.behind_retry_at - Date.now();
      await runSweep();
    }
    expect(waits.length).toBeGreaterThan(3);
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    expect(waits.at(-1)).toBeGreaterThan(50);
  });

  it("and never answers holds up neither copies nor the other endpoint", async () => {
    const { of, down } = endpoints();
    down.set(sick, hangs);
    const owner = someCustomer(shop);
    await bookAndPublish(owner);
    expect(await publishedOf(owner)).toBe(1);
    await vi.waitFor(async () => expect(of(healthy)).toEqual(await idsOf(shop)));
    await vi.waitFor(async () => expect(await behindSince(sick)).not.toBeNull(), {
      timeout: 8_000,
    });
    await bookAndPublish(owner);
    await vi.waitFor(async () => expect(of(healthy)).toEqual(await idsOf(shop)));
    expect(of(healthy)).toHaveLength(2);
  });

  it("that is disabled and enabled again gets what comes from then on", async () => {
    const { of, down } = endpoints();
    down.set(sick, fails);
    await bookAndPublish(someCustomer(shop));
    await vi.waitFor(async () => expect(await behindSince(sick)).not.toBeNull());
    for (const enabled of [false, true]) {
      const path = `/webhook_endpoints/${sick}`;
      const { etag } = await callNative("GET", path, { merchant: shop.slug });
      const given = { merchant: shop.slug, headers: { "If-Match": etag }, body: { enabled } };
      const changed = await callNative("PATCH", path, given);
      expect(changed.status).toBe(200);
    }
    down.clear();
    expect(await behindSince(sick)).toBeNull();
    await bookAndPublish(someCustomer(shop));
    const [, second] = (await feedWith(shop, 2)).map(({ id }) => id);
    await runSweep();
    await vi.waitFor(() => expect(of(sick)).toEqual([second]));
  });
});
