import { evictDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { NEVER } from "../../src/core/ledger/entries.ts";
import { SWEEP_AHEAD_MS } from "../../src/events/client.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { DAY, earn, open, redeem, reverse } from "../support/requests.ts";
import { failAt } from "../support/statements.ts";
import {
  alarmOf,
  balanceOf,
  book,
  clientOf,
  DEBT_PROGRAM,
  dumpOf,
  entriesOf,
  expectSoundLedger,
  inside,
  lotsOf,
  objectOf,
  PUBLISH_DELAY,
  ring,
  START,
  settle,
  someOwner,
  useClock,
} from "../support/wallet.ts";

const clock = useClock();

const MINUTE = 60_000;

describe("a wallet's alarm, once all is published,", () => {
  it("is not set for a lot that expires later: the sweep wakes the wallet in time", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    expect(await settle(owner)).toBeNull();
    clock.now = START + DAY - SWEEP_AHEAD_MS - 1;
    await clientOf(owner).wake(1, "active");
    expect(await alarmOf(owner)).toBeNull();
    clock.now += 1;
    await clientOf(owner).wake(1, "active");
    expect(await alarmOf(owner)).toBe(START + DAY);
    await clientOf(owner).wake(1, "active");
    expect(await alarmOf(owner)).toBe(START + DAY);
  });

  it("is set for the lot that expires first of those that expire soon", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + SWEEP_AHEAD_MS + 1));
    expect(await settle(owner)).toBeNull();
    await book(owner, earn(100, START + SWEEP_AHEAD_MS));
    expect(await settle(owner)).toBe(START + SWEEP_AHEAD_MS);
    await book(owner, earn(1, START + MINUTE, "stamp"));
    expect(await settle(owner)).toBe(START + MINUTE);
    const lots = [90, 20, 40].map((seconds) => ({ expiresAt: START + seconds * 1_000, amount: 1 }));
    await book(owner, open(lots, 3));
    expect(await settle(owner)).toBe(START + 20_000);
  });

  it("is not set for lots that never expire, nor for a debt", async () => {
    const owner = someOwner();
    const { seq } = await book(owner, earn(100, NEVER));
    expect(await settle(owner)).toBeNull();
    await book(owner, redeem(100));
    await book(owner, reverse(seq), { program: DEBT_PROGRAM });
    expect(await lotsOf(owner)).toEqual([{ unit: "point", expires_at: 0, amount: -100 }]);
    expect(await settle(owner)).toBeNull();
  });

  it("is set again for a lot that a reversal brings back", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + MINUTE));
    const { seq } = await book(owner, redeem(100));
    expect(await settle(owner)).toBeNull();
    await book(owner, reverse(seq));
    expect(await settle(owner)).toBe(START + MINUTE);
  });

  it("books what is due when its time has come, until none is left", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    await book(owner, earn(20, START + 2 * DAY));
    await book(owner, earn(3, NEVER));
    await settle(owner);
    await ring(owner, clock);
    expect(clock.now).toBe(START + DAY);
    expect(await lotsOf(owner)).toHaveLength(2);
    expect(await settle(owner)).toBeNull();
    await ring(owner, clock);
    expect(await lotsOf(owner)).toEqual([{ unit: "point", expires_at: NEVER, amount: 3 }]);
    expect(await settle(owner)).toBeNull();
    const expired = (await entriesOf(owner)).filter((entry) => entry.kind === "expire");
    expect(expired.map(({ amount, occurred_at }) => [amount, occurred_at])).toEqual([
      [-100, START + DAY],
      [-20, START + 2 * DAY],
    ]);
    await expectSoundLedger(owner);
  });

  it("changes nothing when it goes off twice", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    await book(owner, earn(20, START + 2 * DAY));
    await settle(owner);
    await ring(owner, clock);
    const before = await dumpOf(owner);
    await settle(owner);
    expect(await dumpOf(owner)).toBe(before);
    await inside(owner, async (wallet) => {
      await Promise.all([wallet.alarm(), wallet.alarm()]);
    });
    expect(await dumpOf(owner)).toBe(before);
  });
});

describe("a lot", () => {
  it("expires at its very moment, and not a millisecond earlier", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    clock.now = START + DAY - 1;
    expect(await balanceOf(owner)).toBe(100);
    clock.now = START + DAY;
    expect(await balanceOf(owner)).toBe(0);
  });
});

describe("an alarm that is missing when the object starts", () => {
  async function startWithoutAlarm(owner: Owner): Promise<void> {
    await inside(owner, (_wallet, { storage }) => storage.deleteAlarm());
    await evictDurableObject(objectOf(owner));
  }

  it("is set for a lot that expires soon", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + MINUTE));
    await book(owner, earn(20, START + 2 * DAY));
    await settle(owner);
    await startWithoutAlarm(owner);
    expect(await alarmOf(owner)).toBe(START + MINUTE);
  });

  it("is set at once for a lot that is overdue", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    await settle(owner);
    clock.now = START + 9 * DAY;
    await startWithoutAlarm(owner);
    expect(await alarmOf(owner)).toBe(clock.now);
    await settle(owner);
    expect(await lotsOf(owner)).toEqual([]);
  });

  it("stays missing where nothing is to come", async () => {
    const owner = someOwner();
    await book(owner, earn(100, NEVER));
    await settle(owner);
    await startWithoutAlarm(owner);
    expect(await alarmOf(owner)).toBeNull();
  });

  it("is left as it is when there is one", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + 2 * DAY));
    await settle(owner);
    await inside(owner, (_wallet, { storage }) => storage.setAlarm(START + DAY));
    await evictDurableObject(objectOf(owner));
    expect(await alarmOf(owner)).toBe(START + DAY);
  });
});

describe("an alarm that goes off out of turn", () => {
  it("does not fail on an object that nobody has used", async () => {
    const owner = someOwner();
    await inside(owner, (wallet) => expect(wallet.alarm()).resolves.toBeUndefined());
    expect((await clientOf(owner).view(0)).head.seq).toBe(0);
    expect(await alarmOf(owner)).toBeNull();
  });

  it("does nothing for a lot that is spent", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    await settle(owner);
    await book(owner, redeem(100));
    clock.now = START + DAY;
    expect(await settle(owner)).toBeNull();
    expect(await entriesOf(owner)).toHaveLength(2);
  });

  it("waits for the lot when it comes early, as by a clock that jumped back", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + MINUTE));
    await settle(owner);
    clock.now = START - 30 * DAY;
    expect(await settle(owner)).toBeNull();
    expect(await balanceOf(owner)).toBe(100);
  });

  it("does not fail on a wallet that is in debt", async () => {
    const owner = someOwner();
    const { seq } = await book(owner, earn(100, START + DAY));
    await book(owner, redeem(100));
    await book(owner, reverse(seq), { program: DEBT_PROGRAM });
    clock.now = START + DAY;
    expect(await settle(owner)).toBeNull();
    expect(await balanceOf(owner)).toBe(-100);
    await expectSoundLedger(owner);
  });
});

describe("an alarm under which storage fails", () => {
  it("leaves nothing half booked and comes again, ever later, but within a minute", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    await settle(owner);
    clock.now = START + DAY;
    const before = await entriesOf(owner);
    const waits = await inside(owner, async (wallet, { storage }) => {
      const found: number[] = [];
      for (let failures = 0; failures < 10; failures += 1) {
        await storage.deleteAlarm();
        await failAt(storage, 2, () => wallet.alarm());
        found.push(((await storage.getAlarm()) ?? 0) - clock.now);
      }
      return found;
    });
    expect(waits[0]).toBeGreaterThanOrEqual(1_000);
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    expect(waits[1]).toBeGreaterThan(waits[0] ?? 0);
    expect(waits.at(-1)).toBe(60_000 + PUBLISH_DELAY);
    expect(logged).toHaveBeenCalledTimes(10);
    expect(await entriesOf(owner)).toEqual(before);
    await settle(owner);
    expect(await lotsOf(owner)).toEqual([]);
    expect(await settle(owner)).toBeNull();
  });
});

/** Long enough that the commands are through before, short enough to wait for. */
const SOON_MS = 300;

describe("the platform's own alarm", () => {
  it("books the lots that expire, with nobody calling the wallet", async () => {
    vi.spyOn(Date, "now").mockRestore();
    const start = Date.now();
    const times = [start + SOON_MS, start + 2 * SOON_MS];
    const owner = someOwner();
    for (const time of times) await book(owner, earn(100, time));
    await vi.waitFor(async () => expect(await lotsOf(owner)).toEqual([]), {
      timeout: 10_000,
      interval: SOON_MS,
    });
    const expired = (await entriesOf(owner)).filter((entry) => entry.kind === "expire");
    expect(expired.map((entry) => entry.occurred_at)).toEqual(times);
  });
});
