import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Projector } from "../../src/events/projector.ts";
import { ulid } from "../../src/ulid.ts";
import { walletOf } from "../../src/wallet/client.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { d1Rows } from "../support/d1.ts";
import {
  faultsOf,
  feedOf,
  makeShop,
  runSweep,
  type Shop,
  walletObject,
} from "../support/events.ts";
import { importLines } from "../support/native/merchant.ts";
import { nativeCall } from "../support/native/native.ts";
import { earn, redeem, requestFor } from "../support/requests.ts";
import { rowsOf } from "../support/wallet.ts";

const DAY = 86_400_000;

let shop: Shop;
let owner: Owner;
let ahead = 0;
let movers = 0;

beforeEach(async () => {
  ahead = 0;
  const realNow = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + ahead);
  vi.spyOn(console, "error").mockImplementation(() => {});
  shop = await makeShop();
  owner = await moveIn();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const balances = (amount = "1500.00", more: object = {}) => [
  { unit: "point", lots: [{ amount, ...more }] },
  { unit: "stamp", lots: [{ amount: "7" }] },
];

async function moveIn(line: object = { balances: balances() }): Promise<Owner> {
  movers += 1;
  const [made] = await importLines(shop.slug, [{ number: movers, ...line }]);
  expect(made?.outcome).toBe("created");
  return { merchant: shop.id, customer: String(made?.customer) };
}

async function send(command = earn(100), id = ulid()) {
  return await walletOf(env, owner).execute("live", requestFor(command, { id }));
}

const pointsOf = async (whose = owner) =>
  (await walletOf(env, whose).view(0)).head.holdings.point?.balance;

const entriesOf = (whose = owner) => walletOf(env, whose).entriesBefore(99, 99);

const tablesOf = async (whose: Owner) => {
  const rows = await rowsOf(whose, "SELECT name FROM sqlite_schema WHERE type = 'table'");
  return rows.map(({ name }) => name);
};

const waiting = () => d1Rows("SELECT * FROM openings WHERE customer_id = ?", owner.customer);

/** Every kind of first call, and what it needs to see. */
const FIRST: Readonly<Record<string, () => Promise<unknown>>> = {
  "a booking": async () => expect(await send(redeem(1_500_000))).toMatchObject({ ok: true }),
  "several bookings": async () => {
    const requests = [redeem(1), redeem(2)].map((command) => requestFor(command, { id: ulid() }));
    const done = await walletOf(env, owner).executeAll("live", requests);
    expect(done.map(({ ok }) => ok)).toEqual([true, true]);
  },
  "a sandbox booking": async () => {
    const request = requestFor(redeem(1_500_000), { id: ulid() });
    expect(await walletOf(env, owner).execute("test", request)).toMatchObject({ ok: true });
  },
  "a look at the balance": async () => expect(await pointsOf()).toBe(1_500_000),
  "a look at the entries": async () => expect(await entriesOf()).toHaveLength(3),
  "an audit": async () => expect(await walletOf(env, owner).audit()).toEqual([]),
  "a rebuild": () => walletOf(env, owner).retell(3),
  "the sweep": () => walletOf(env, owner).wake(3, "active"),
};

describe("a wallet whose customer came with balances", () => {
  it.each(Object.keys(FIRST))("opens with them at the first call: %s", async (what) => {
    const other = owner;
    owner = await moveIn();
    await FIRST[what]?.();
    const opened = (await entriesOf()).slice(-3).map(({ entry }) => [entry.kind, entry.amount]);
    expect(opened).toEqual([
      ["open", 7],
      ["tier", 0],
      ["open", 1_500_000],
    ]);
    expect(await walletOf(env, other).audit()).toEqual([]);
  });

  it.each(["a look at the balance", "a look at the entries", "a sandbox booking", "an audit"])(
    "keeps nothing of a call that changes nothing, and has not opened: %s",
    async (what) => {
      await FIRST[what]?.();
      expect(await tablesOf(owner)).toEqual([]);
      expect(await waiting()).toHaveLength(1);
      expect(await send(redeem(1_500_000))).toMatchObject({ ok: true });
      expect(await tablesOf(owner)).toContain("entries");
      await vi.waitFor(async () => expect(await waiting()).toEqual([]), { timeout: 5_000 });
    },
  );

  it("books the very entries that the feed has told of", async () => {
    const told = (await feedOf(shop)).filter(({ sequence }) => sequence !== null);
    expect(told.map(({ type }) => type)).toEqual([
      "points.adjusted",
      "tier.upgraded",
      "stamp.adjusted",
    ]);
    const booked = (await entriesOf()).toReversed().map(({ entry }) => entry);
    expect(told.map(({ data }) => JSON.parse(data).entry)).toEqual(booked.map(({ id }) => id));
    const times = told.map(({ data }) => Date.parse(JSON.parse(data).recorded_at));
    expect(times).toEqual(booked.map(({ recordedAt }) => recordedAt));
    await send();
    await vi.waitFor(async () => expect(await feedOf(shop)).toHaveLength(6), { timeout: 5_000 });
    expect(faultsOf(await feedOf(shop))).toEqual([]);
  });

  it("books what was decided, whatever the programme has become", async () => {
    const definition =
      "UPDATE programs SET definition = json_set(definition, '$.tiers', json('[]'))";
    await env.DB.prepare(`${definition} WHERE merchant_id = ?`).bind(shop.id).run();
    expect((await entriesOf()).map(({ entry }) => entry.kind)).toEqual(["open", "tier", "open"]);
  });

  it("is shown in lists before anybody has called it", async () => {
    const query = "SELECT points, seq, tier FROM wallets WHERE customer_id = ?";
    expect(await d1Rows(query, owner.customer)).toEqual([
      { points: 1_500_000, seq: 3, tier: "Silver" },
    ]);
  });

  it("opens once, though fifty call it at once for the first time", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => send()));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(await pointsOf()).toBe(1_500_000 + 50 * 100);
    await evictDurableObject(walletObject(owner));
    expect(await pointsOf()).toBe(1_500_000 + 50 * 100);
  });

  it("books nothing while nobody can tell what it opens with, and all later", async () => {
    const asked = vi.spyOn(Projector.prototype, "openingOf");
    asked.mockRejectedValue(new Error("D1 is away"));
    owner = await moveIn();
    for (let tries = 0; tries < 2; tries += 1) {
      expect(await send().catch(() => "failed")).toBe("failed");
    }
    asked.mockRestore();
    expect(await send()).toMatchObject({ ok: true });
    expect(await pointsOf()).toBe(1_500_100);
  });

  it("never asks again once it is open", async () => {
    await send();
    const asked = vi.spyOn(Projector.prototype, "openingOf");
    await evictDurableObject(walletObject(owner));
    await send();
    expect(asked).not.toHaveBeenCalled();
  });

  it("is left alone by the round while nobody has called it, and then looked after", async () => {
    const asked = vi.spyOn(Projector.prototype, "openingOf");
    const goRound = async () => {
      await env.DB.prepare("UPDATE sweeps SET due_at = 0, cursor = 0").run();
      await runSweep();
    };
    await goRound();
    expect(asked).not.toHaveBeenCalled();
    await send();
    await vi.waitFor(async () => expect(await feedOf(shop)).toHaveLength(6), { timeout: 5_000 });
    await runInDurableObject(walletObject(owner), async (wallet, { storage }) => {
      await wallet.execute(owner, "live", requestFor(earn(1), { id: ulid() }));
      await storage.deleteAlarm();
    });
    await evictDurableObject(walletObject(owner));
    await goRound();
    await vi.waitFor(async () => expect(await feedOf(shop)).toHaveLength(7), { timeout: 5_000 });
  });

  it("tells what it booked since, after the registry was restored, with a rebuild", async () => {
    const kept = await waiting();
    await send();
    const published = async () => expect(await feedOf(shop)).toHaveLength(6);
    await vi.waitFor(published, { timeout: 5_000 });
    const [row] = kept;
    const columns = Object.keys(row ?? {});
    await env.DB.batch([
      env.DB.prepare("DELETE FROM events WHERE merchant_id = ? AND sequence > 3").bind(shop.id),
      env.DB.prepare("UPDATE wallets SET seq = 3, points = 1500000 WHERE customer_id = ?").bind(
        owner.customer,
      ),
      env.DB.prepare(`INSERT INTO openings (${columns}) VALUES (${columns.map(() => "?")})`).bind(
        ...Object.values(row ?? {}),
      ),
    ]);
    await evictDurableObject(walletObject(owner));
    await nativeCall("POST", "/projection/rebuild", { merchant: shop.slug });
    await vi.waitFor(published, { timeout: 8_000 });
    expect(faultsOf(await feedOf(shop))).toEqual([]);
  });

  it("lets what it came with expire, though nobody has called it", async () => {
    const soon = new Date(Date.now() + 2 * DAY).toISOString().slice(0, 10);
    owner = await moveIn({ balances: balances("9.00", { expires_on: soon }) });
    ahead = 4 * DAY;
    await runSweep();
    // The alarm that the sweep has set goes by the real clock.
    await runDurableObjectAlarm(walletObject(owner));
    const expired = async () =>
      (await feedOf(shop)).filter(({ type }) => type === "points.expired");
    await vi.waitFor(async () => expect(await expired()).toHaveLength(1), { timeout: 8_000 });
    expect(await pointsOf()).toBe(0);
  });

  it("has no opening left once it has told more, and the same line changes nothing", async () => {
    expect(await waiting()).toHaveLength(1);
    await send();
    const published = async () => {
      const query = "SELECT seq FROM wallets WHERE customer_id = ?";
      expect(await d1Rows(query, owner.customer)).toEqual([{ seq: 5 }]);
    };
    await vi.waitFor(published, { timeout: 5_000 });
    expect(await waiting()).toEqual([]);
    const number = movers;
    const again = await importLines(shop.slug, [{ number, balances: balances() }]);
    expect(again[0]?.outcome).toBe("unchanged");
    expect(await pointsOf()).toBe(1_500_100);
  });

  it("leaves nothing of it with an erasure, and is closed", async () => {
    const path = `/customers/${owner.customer}`;
    await nativeCall("DELETE", path, { merchant: shop.slug });
    expect(await waiting()).toEqual([]);
    expect(await send()).toEqual({ ok: false, error: { code: "erased" } });
  });

  it("is not touched by the same line again, or by two imports at once", async () => {
    const asked = vi.spyOn(Projector.prototype, "openingOf");
    const number = 9_000 + movers;
    const line = { number, balances: balances() };
    const both = await Promise.all([
      importLines(shop.slug, [line]),
      importLines(shop.slug, [line]),
    ]);
    expect(
      both
        .flat()
        .map(({ outcome }) => outcome)
        .sort(),
    ).toEqual(["created", "unchanged"]);
    expect((await importLines(shop.slug, [line]))[0]?.outcome).toBe("unchanged");
    expect(asked).not.toHaveBeenCalled();
    expect(await pointsOf({ ...owner, customer: String(both.flat()[0]?.customer) })).toBe(
      1_500_000,
    );
  });

  it("keeps what was not refused of what it came with, and is told of the rest", async () => {
    const most = { unit: "prepaid", lots: [{ amount: "90000000" }], earned: "99999999999999" };
    const [line] = await importLines(shop.slug, [
      { number: 8_000 + movers, balances: [...balances(), most] },
    ]);
    expect(line).toMatchObject({ outcome: "failed" });
  });
});
