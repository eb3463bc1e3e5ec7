import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { NEVER } from "../../src/core/entries.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { DAY, earn, open, redeem, reverse } from "../support/requests.ts";
import { failAt, StorageFailure } from "../support/statements.ts";
import {
  alarmOf,
  balanceOf,
  book,
  clientOf,
  DEBT_PROGRAM,
  dumpOf,
  entriesOf,
  expectSoundLedger,
  HOUR,
  inside,
  lotsOf,
  objectOf,
  START,
  someOwner,
  useClock,
} from "../support/wallet.ts";

const clock = useClock();

/** Lets the alarm go off, as the platform does when its time has come. */
async function ring(owner: Owner): Promise<void> {
  const at = await alarmOf(owner);
  if (at === null) throw new Error("no alarm is set");
  clock.now = Math.max(clock.now, at);
  expect(await runDurableObjectAlarm(objectOf(owner))).toBe(true);
}

describe("a wallet's alarm", () => {
  it("is set for the lot that expires first, whichever was earned first", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + 3 * DAY));
    expect(await alarmOf(owner)).toBe(START + 3 * DAY);
    await book(owner, earn(100, START + 5 * DAY));
    expect(await alarmOf(owner)).toBe(START + 3 * DAY);
    await book(owner, earn(1, START + DAY, "stamp"));
    expect(await alarmOf(owner)).toBe(START + DAY);
    const lots = [9, 2, 4].map((hours) => ({ expiresAt: START + hours * HOUR, amount: 1 }));
    await book(owner, open(lots, 3));
    expect(await alarmOf(owner)).toBe(START + 2 * HOUR);
  });

  it("is not set for lots that never expire, nor for a debt", async () => {
    const owner = someOwner();
    const { seq } = await book(owner, earn(100, NEVER));
    await book(owner, redeem(100));
    await book(owner, reverse(seq), { program: DEBT_PROGRAM });
    expect(await lotsOf(owner)).toEqual([{ unit: "point", expires_at: 0, amount: -100 }]);
    expect(await alarmOf(owner)).toBeNull();
  });

  it("is set again for a lot that a reversal brings back", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    const { seq } = await book(owner, redeem(100));
    await inside(owner, (_wallet, { storage }) => storage.deleteAlarm());
    await evictDurableObject(objectOf(owner));
    expect(await alarmOf(owner)).toBeNull();
    await book(owner, reverse(seq));
    expect(await alarmOf(owner)).toBe(START + DAY);
  });

  it("books what is due and sets itself for the next lot, until none is left", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    await book(owner, earn(20, START + 2 * DAY));
    await book(owner, earn(3, NEVER));
    await ring(owner);
    expect(clock.now).toBe(START + DAY);
    expect(await lotsOf(owner)).toHaveLength(2);
    expect(await alarmOf(owner)).toBe(START + 2 * DAY);
    await ring(owner);
    expect(await lotsOf(owner)).toEqual([{ unit: "point", expires_at: NEVER, amount: 3 }]);
    expect(await alarmOf(owner)).toBeNull();
    const expired = (await entriesOf(owner)).filter((entry) => entry.kind === "expire");
    expect(expired.map(({ amount, occurred_at }) => [amount, occurred_at])).toEqual([
      [-100, START + DAY],
      [-20, START + 2 * DAY],
    ]);
    await expectSoundLedger(owner);
  });

  it("books a lot at its very moment, and not a millisecond earlier", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    clock.now = START + DAY - 1;
    expect(await balanceOf(owner)).toBe(100);
    clock.now = START + DAY;
    expect(await balanceOf(owner)).toBe(0);
  });

  it("changes nothing when it goes off twice", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    await book(owner, earn(20, START + 2 * DAY));
    await ring(owner);
    const before = await dumpOf(owner);
    await runDurableObjectAlarm(objectOf(owner));
    expect(await dumpOf(owner)).toBe(before);
    await inside(owner, async (wallet) => {
      await Promise.all([wallet.alarm(), wallet.alarm()]);
    });
    expect(await dumpOf(owner)).toBe(before);
  });

  it("does nothing for a lot that is spent", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    await book(owner, redeem(100));
    await ring(owner);
    expect(await entriesOf(owner)).toHaveLength(2);
    expect(await alarmOf(owner)).toBeNull();
  });

  it("accepts a lot that outlives what the platform takes for an alarm", async () => {
    const owner = someOwner();
    await book(owner, earn(100, Date.UTC(9999, 11, 31)));
    expect(await balanceOf(owner)).toBe(100);
    await evictDurableObject(objectOf(owner));
    expect(await balanceOf(owner)).toBe(100);
    expect(await alarmOf(owner)).toBeGreaterThan(START + 100 * 365 * DAY);
    await book(owner, earn(1, START + DAY));
    expect(await alarmOf(owner)).toBe(START + DAY);
  });
});

describe("an alarm that is missing when the object starts", () => {
  async function startWithoutAlarm(owner: Owner): Promise<void> {
    await inside(owner, (_wallet, { storage }) => storage.deleteAlarm());
    await evictDurableObject(objectOf(owner));
  }

  it("is set for the next lot", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    await book(owner, earn(20, START + 2 * DAY));
    await startWithoutAlarm(owner);
    expect(await alarmOf(owner)).toBe(START + DAY);
  });

  it("is set at once for a lot that is overdue", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    clock.now = START + 9 * DAY;
    await startWithoutAlarm(owner);
    expect(await alarmOf(owner)).toBe(START + DAY);
    await ring(owner);
    expect(await balanceOf(owner)).toBe(0);
  });

  it("stays missing where nothing is to come", async () => {
    const owner = someOwner();
    await book(owner, earn(100, NEVER));
    await startWithoutAlarm(owner);
    expect(await alarmOf(owner)).toBeNull();
  });

  it("is left as it is when there is one", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + 2 * DAY));
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
  });

  it("waits for the lot when it comes early, as by a clock that jumped back", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    clock.now = START - 30 * DAY;
    expect(await runDurableObjectAlarm(objectOf(owner))).toBe(true);
    expect(await balanceOf(owner)).toBe(100);
    expect(await alarmOf(owner)).toBe(START + DAY);
  });

  it("does not fail on a wallet that is in debt", async () => {
    const owner = someOwner();
    const { seq } = await book(owner, earn(100, START + DAY));
    await book(owner, redeem(100));
    await book(owner, reverse(seq), { program: DEBT_PROGRAM });
    await ring(owner);
    expect(await balanceOf(owner)).toBe(-100);
    await expectSoundLedger(owner);
  });

  it("sets itself again when storage fails under it, and leaves nothing half booked", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    clock.now = START + DAY;
    const before = await entriesOf(owner);
    await inside(owner, async (wallet, { storage }) => {
      await storage.deleteAlarm();
      const failed = failAt(storage, 2, () => wallet.alarm());
      await expect(failed).rejects.toBeInstanceOf(StorageFailure);
    });
    expect(await entriesOf(owner)).toEqual(before);
    expect(await alarmOf(owner)).toBe(START + DAY);
    await ring(owner);
    expect(await lotsOf(owner)).toEqual([]);
  });
});

/** Long enough that the commands are through before, short enough to wait for. */
const SOON_MS = 300;

describe("the platform's own alarm", () => {
  it("books the lots that expire, with nobody calling the wallet", async () => {
    vi.restoreAllMocks();
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
    expect(await alarmOf(owner)).toBeNull();
  });
});
