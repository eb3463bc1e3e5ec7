import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Projector } from "../../src/events/projector.ts";
import { Wallet } from "../../src/wallet/object.ts";
import { WebhookEndpoint } from "../../src/webhooks/object.ts";
import {
  bookFor,
  failBatches,
  faultsOf,
  feedOf,
  feedWith,
  makeShop,
  projectorObject,
  publishedOf,
  registered,
  runSweep,
  type Shop,
  someCustomer,
  walletObject,
  watchBatches,
} from "../support/events.ts";
import { nativeMake } from "../support/native/native.ts";
import { earn, redeem } from "../support/requests.ts";

vi.setConfig({ testTimeout: 30_000 });

let shop: Shop;

beforeEach(async () => {
  shop = await makeShop();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a merchant's projector", () => {
  it("commits what 200 wallets earn at once in groups of at least ten", async () => {
    const batches = watchBatches();
    const owners = Array.from({ length: 200 }, () => someCustomer(shop));
    await Promise.all(owners.map((owner) => bookFor(owner, earn(100))));
    const rows = await feedWith(shop, 200);
    const groups = batches.filter((group) => group.some((sql) => sql.includes('into "events"')));
    const perGroup = rows.length / groups.length;
    console.info(`200 wallets: ${groups.length} D1 batches, ${perGroup} entries each`);
    expect(faultsOf(rows)).toEqual([]);
    expect(rows).toHaveLength(200);
    expect(perGroup).toBeGreaterThanOrEqual(10);
  });

  it("tells an event once, though a wallet hands it over twice to one group", async () => {
    const owner = someCustomer(shop);
    await bookFor(owner, earn(100));
    await runInDurableObject(walletObject(owner), (wallet: Wallet) =>
      Promise.all([wallet.alarm(), wallet.alarm()]),
    );
    const rows = await feedWith(shop, 1);
    expect(rows.map(({ sequence }) => sequence)).toEqual([1]);
  });

  it("tells an event once, though it is handed over again after it was committed", async () => {
    const publish = Projector.prototype.publish;
    let crashes = 0;
    vi.spyOn(Projector.prototype, "publish").mockImplementation(async function (
      this: Projector,
      ...given
    ) {
      const told = await publish.apply(this, given);
      crashes += 1;
      if (crashes === 1) throw new Error("killed before the cursor moves");
      return told;
    });
    const owner = someCustomer(shop);
    await bookFor(owner, earn(100));
    await vi.waitFor(() => expect(crashes).toBe(2), { timeout: 10_000 });
    expect(await publishedOf(owner)).toBe(1);
    expect(await feedOf(shop)).toHaveLength(1);
  });

  it("loses nothing when it dies while handovers wait", async () => {
    const publish = vi.spyOn(Projector.prototype, "publish");
    const owners = Array.from({ length: 5 }, () => someCustomer(shop));
    await Promise.all(owners.map((owner) => bookFor(owner, earn(100))));
    await vi.waitFor(() => expect(publish).toHaveBeenCalled());
    await runInDurableObject(projectorObject(shop), (_it, state) => state.abort("killed")).catch(
      () => {},
    );
    const rows = await feedWith(shop, 5);
    expect(faultsOf(rows)).toEqual([]);
    expect(rows).toHaveLength(5);
  });

  it("delays no answer while D1 is down, and publishes all when it is back", async () => {
    const failures = failBatches("wallets", 2);
    const owner = someCustomer(shop);
    await bookFor(owner, earn(500));
    await vi.waitFor(() => expect(failures()).toBeGreaterThan(0), { timeout: 5_000 });
    const before = performance.now();
    await bookFor(owner, redeem(100));
    expect(performance.now() - before).toBeLessThan(400);
    const rows = await feedWith(shop, 2);
    expect(failures()).toBe(2);
    expect(rows.map(({ type }) => type)).toEqual(["points.earned", "points.redeemed"]);
  });

  it("lets a failed call to an endpoint be repeated until the endpoint has the event", async () => {
    const url = "http://127.0.0.1:9/hook";
    await nativeMake("/webhook_endpoints", { url }, shop.slug);
    const taken: string[] = [];
    vi.spyOn(WebhookEndpoint.prototype, "enqueue")
      .mockRejectedValueOnce(new Error("the object was reset"))
      .mockImplementation(async (_config, events) => {
        taken.push(...events.map(({ type }) => type));
      });
    const owner = someCustomer(shop);
    await bookFor(owner, earn(100));
    await vi.waitFor(() => expect(taken).toEqual(["points.earned"]), { timeout: 10_000 });
    await vi.waitFor(async () => expect(await publishedOf(owner)).toBe(1), { timeout: 5_000 });
    expect(await feedOf(shop)).toHaveLength(1);
  });
});

describe("a wallet", () => {
  it("publishes after it was evicted before its alarm", async () => {
    const owner = someCustomer(shop);
    await bookFor(owner, earn(100));
    await evictDurableObject(walletObject(owner));
    expect(faultsOf(await feedWith(shop, 1))).toEqual([]);
  });

  it.each(["in memory", "evicted"])(
    "%s whose alarm was lost is healed by the sweep",
    async (it) => {
      const owner = await registered(shop);
      await bookFor(owner, earn(100));
      await runInDurableObject(walletObject(owner), (_wallet, { storage }) =>
        storage.deleteAlarm(),
      );
      if (it === "evicted") {
        await evictDurableObject(walletObject(owner));
      }
      await scheduler.wait(500);
      expect(await feedOf(shop)).toHaveLength(0);
      await runSweep();
      expect(await feedWith(shop, 1)).toHaveLength(1);
    },
  );

  it("is found by the sweep's round, however many there are", async () => {
    const wake = vi.spyOn(Wallet.prototype, "wake").mockResolvedValue();
    const owners = await Promise.all(Array.from({ length: 130 }, () => registered(shop)));
    const [count] = (
      await env.DB.prepare("SELECT COUNT(*) AS n FROM customers").all<{ n: number }>()
    ).results;
    for (let left = count?.n ?? 0; left >= 0; left -= 100) await runSweep();
    const woken = new Set(wake.mock.calls.map(([owner]) => owner.customer));
    expect(owners.filter(({ customer }) => !woken.has(customer))).toEqual([]);
  });
});
