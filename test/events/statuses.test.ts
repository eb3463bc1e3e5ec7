import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CustomerStatus } from "../../src/core/customers.ts";
import { ulid } from "../../src/ulid.ts";
import { walletOf } from "../../src/wallet/client.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { d1Rows } from "../support/d1.ts";
import {
  bookFor,
  feedOf,
  makeShop,
  registered,
  runSweep,
  type Shop,
  walletObject,
} from "../support/events.ts";
import { nativeCall } from "../support/native/native.ts";
import { earn, requestFor } from "../support/requests.ts";

const LATER = 61_000;

let shop: Shop;
let owner: Owner;
let ahead = 0;

beforeEach(async () => {
  ahead = 0;
  const realNow = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + ahead);
  shop = await makeShop();
  owner = await registered(shop);
  await bookFor(owner, earn(100));
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** The ledger is told, and whoever would have told the registry dies. */
async function tellLedger(status: CustomerStatus): Promise<void> {
  const request = requestFor({ kind: "status", status }, { id: ulid() });
  expect(await walletOf(env, owner).execute("live", request)).toMatchObject({ ok: true });
}

async function goRound(): Promise<void> {
  await env.DB.prepare("UPDATE sweeps SET due_at = 0, cursor = 0").run();
  await runSweep();
}

async function registryHas(): Promise<unknown> {
  const query = "SELECT status, name FROM customers WHERE id = ?";
  const [row] = await d1Rows<{ status: string; name: string | null }>(query, owner.customer);
  return row?.status;
}

const toldOf = async (type: string) => (await feedOf(shop)).filter((row) => row.type === type);

describe("a status that the ledger has and the registry lacks", () => {
  it.each(["blocked", "erased"] as const)(
    "comes to it after a minute by the wallet's own alarm: %s",
    async (status) => {
      const wallet = walletObject(owner);
      const alarm = () => runInDurableObject(wallet, (_wallet, { storage }) => storage.getAlarm());
      await tellLedger(status);
      const published = async () => expect(await alarm()).toBeGreaterThan(Date.now() + 50_000);
      await vi.waitFor(published, { timeout: 5_000 });
      await runDurableObjectAlarm(wallet);
      expect(await registryHas(), "whoever writes it may be about to").toBe("active");
      ahead += LATER;
      await runDurableObjectAlarm(wallet);
      expect(await registryHas()).toBe(status);
      expect(await alarm(), "it is seen to once").toBeNull();
      expect(await toldOf("customer.erased")).toHaveLength(status === "erased" ? 1 : 0);
    },
  );

  it.each(["blocked", "inactive"] as const)("comes to it with the round: %s", async (status) => {
    await tellLedger(status);
    await goRound();
    expect(await registryHas(), "whoever writes it may be about to").toBe("active");
    ahead += LATER;
    await goRound();
    expect(await registryHas()).toBe(status);
  });

  it("is finished with all that belongs to an erasure, and told once", async () => {
    await env.DB.prepare("UPDATE customers SET name = 'Ada' WHERE id = ?")
      .bind(owner.customer)
      .run();
    await tellLedger("erased");
    ahead += LATER;
    for (let round = 0; round < 2; round += 1) await goRound();
    expect(await d1Rows("SELECT status, name FROM customers WHERE id = ?", owner.customer)).toEqual(
      [{ status: "erased", name: null }],
    );
    expect(await toldOf("customer.erased")).toHaveLength(1);
  });

  it("comes back with a rebuild after the registry was restored", async () => {
    // An alarm goes by the real clock, and a ledger's time never runs back.
    ahead = -LATER;
    owner = await registered(shop);
    const merchant = shop.slug;
    const patch = { merchant, body: { status: "blocked" } };
    expect((await nativeCall("PATCH", `/customers/${owner.customer}`, patch)).status).toBe(200);
    await env.DB.prepare("UPDATE customers SET status = 'active' WHERE id = ?")
      .bind(owner.customer)
      .run();
    ahead = 0;
    await nativeCall("POST", "/projection/rebuild", { merchant });
    await vi.waitFor(async () => expect(await registryHas()).toBe("blocked"), { timeout: 10_000 });
  });

  it("is not disturbed by an older one of the registry", async () => {
    await tellLedger("blocked");
    await tellLedger("active");
    await env.DB.prepare("UPDATE customers SET status = 'blocked' WHERE id = ?")
      .bind(owner.customer)
      .run();
    ahead += LATER;
    await goRound();
    expect(await registryHas()).toBe("active");
    await bookFor(owner, earn(100));
  });
});
