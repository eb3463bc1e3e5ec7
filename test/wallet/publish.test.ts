import { evictDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import type { Handover } from "../../src/events/client.ts";
import { Projector } from "../../src/events/projector.ts";
import { DAY, earn, redeem } from "../support/requests.ts";
import {
  alarmOf,
  book,
  clientOf,
  entriesOf,
  inside,
  objectOf,
  PUBLISH_DELAY,
  reference,
  request,
  ring,
  START,
  settle,
  someOwner,
  TIER_PROGRAM,
  useClock,
} from "../support/wallet.ts";

const clock = useClock();

/** What the projector was handed in this test; `answer` runs before it acknowledges. */
function watchProjector(answer: () => Promise<void> = async () => {}): [string, Handover][] {
  const handed: [string, Handover][] = [];
  vi.spyOn(Projector.prototype, "publish").mockImplementation(async (merchant, handover) => {
    handed.push([merchant, handover]);
    await answer();
    return handover.head.seq;
  });
  return handed;
}

/** A projector that keeps count of what it has, and takes nothing that would leave a gap. */
function countingProjector(has: number): { has: number; readonly taken: number[] } {
  const counted = { has, taken: [] as number[] };
  vi.spyOn(Projector.prototype, "publish").mockImplementation(async (_merchant, handover) => {
    if (handover.after > counted.has) return counted.has;
    const fresh = handover.entries.filter(({ entry }) => entry.seq > counted.has);
    counted.taken.push(...fresh.map(({ entry }) => entry.seq));
    counted.has = Math.max(counted.has, handover.head.seq);
    return counted.has;
  });
  return counted;
}

function numbersOf(handed: readonly [string, Handover][]): number[] {
  return handed.flatMap(([, { entries }]) => entries.map(({ entry }) => entry.seq));
}

describe("what a wallet books", () => {
  it("is published a short while after the first command, with those that came since", async () => {
    const handed = watchProjector();
    const owner = someOwner();
    await book(owner, earn(60_000), { reference: reference("R1"), program: TIER_PROGRAM });
    clock.now += PUBLISH_DELAY - 1;
    await book(owner, redeem(100), { program: TIER_PROGRAM });
    expect(await alarmOf(owner)).toBe(START + PUBLISH_DELAY);
    expect(await settle(owner)).toBeNull();
    const [[merchant, handover] = [null, null]] = handed;
    expect(handed).toHaveLength(1);
    expect(merchant).toBe(owner.merchant);
    expect(handover).toMatchObject({ customer: owner.customer, tierBefore: null });
    expect(handover?.head).toMatchObject({ seq: 3, tier: "Gold" });
    expect(handover?.entries.map((item) => [item.entry.kind, item.reference])).toEqual([
      ["earn", "R1"],
      ["tier", null],
      ["redeem", null],
    ]);
    expect(handover).toMatchObject({ after: 0, nextExpiry: null });
  });

  it("is published once, and what follows begins where it ended", async () => {
    const handed = watchProjector();
    const owner = someOwner();
    await book(owner, earn(60_000), { program: TIER_PROGRAM });
    await settle(owner);
    await settle(owner);
    await book(owner, earn(1), { program: TIER_PROGRAM });
    await settle(owner);
    expect(numbersOf(handed)).toEqual([1, 2, 3]);
    expect(handed[1]?.[1].tierBefore).toBe("Gold");
  });

  it("is handed over in pieces, in order, when there is much of it", async () => {
    const handed = watchProjector();
    const owner = someOwner();
    await inside(owner, (wallet) => {
      for (let i = 0; i < 250; i += 1) wallet.execute(owner, "live", request(earn(1)));
    });
    await settle(owner);
    expect(handed.map(([, { entries }]) => entries.length)).toEqual([100, 100, 50]);
    expect(handed.map(([, { head }]) => head.seq)).toEqual([100, 200, 250]);
    expect(numbersOf(handed)).toEqual(Array.from({ length: 250 }, (_, i) => i + 1));
  });

  it("is published too when it is an expiry, by the alarm and by a view", async () => {
    const handed = watchProjector();
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    await book(owner, earn(20, START + 2 * DAY));
    await settle(owner);
    clock.now = START + DAY;
    await ring(owner, clock);
    expect(numbersOf(handed)).toEqual([1, 2, 3]);
    expect(handed.map(([, { nextExpiry }]) => nextExpiry)).toEqual([START + DAY, START + 2 * DAY]);
    clock.now = START + 2 * DAY;
    await clientOf(owner).view(0);
    expect(await alarmOf(owner)).toBe(clock.now + PUBLISH_DELAY);
    await settle(owner);
    expect(numbersOf(handed)).toEqual([1, 2, 3, 4]);
  });

  it("is not published when it was refused, repeated or tested", async () => {
    const handed = watchProjector();
    const owner = someOwner();
    const body = request(earn(1), { reference: reference("R1") });
    await clientOf(owner).execute("live", body);
    await settle(owner);
    await clientOf(owner).execute("live", body);
    await clientOf(owner).execute("live", request(redeem(99)));
    await clientOf(owner).execute("test", request(earn(5)));
    expect(await alarmOf(owner)).toBeNull();
    await settle(owner);
    expect(numbersOf(handed)).toEqual([1]);
  });
});

describe("a wallet whose projector fails", () => {
  it("hands the same over again, ever later, and loses nothing", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const failing = watchProjector(() => Promise.reject(new Error("D1 is away")));
    const owner = someOwner();
    await book(owner, earn(1));
    const waits: number[] = [];
    for (let tries = 0; tries < 3; tries += 1) {
      waits.push(((await settle(owner)) ?? 0) - clock.now);
    }
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    expect(waits[2]).toBeGreaterThan(2 * (waits[0] ?? 0));
    expect(numbersOf(failing)).toEqual([1, 1, 1]);
    vi.mocked(Projector.prototype.publish).mockRestore();
    const handed = watchProjector();
    await book(owner, earn(2));
    expect(await settle(owner)).toBeNull();
    expect(numbersOf(handed)).toEqual([1, 2]);
  });

  it("waits no longer than at first when it fails again after a success", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const outcomes = [false, false, true, false];
    watchProjector(() =>
      outcomes.shift() ? Promise.resolve() : Promise.reject(new Error("away")),
    );
    const owner = someOwner();
    await book(owner, earn(1));
    const first = await settle(owner);
    expect(await settle(owner)).toBeGreaterThan(first ?? 0);
    expect(await settle(owner)).toBeNull();
    await book(owner, earn(1));
    expect(await settle(owner)).toBe(first);
  });

  it("still expires its lots, and books", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    watchProjector(() => Promise.reject(new Error("D1 is away")));
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    await settle(owner);
    clock.now = START + DAY;
    await settle(owner);
    const kinds = (await entriesOf(owner)).map((entry) => entry.kind);
    expect(kinds).toEqual(["earn", "expire"]);
  });

  it("hands over again what a crash kept it from noting as published", async () => {
    const handed = watchProjector(() => scheduler.wait(50));
    const owner = someOwner();
    await book(owner, earn(1));
    const crash = inside(owner, async (wallet, state) => {
      void wallet.alarm();
      await vi.waitFor(() => expect(handed).toHaveLength(1));
      state.abort("crash");
    });
    await expect(crash).rejects.toThrow("crash");
    expect(await settle(owner)).toBeNull();
    expect(numbersOf(handed)).toEqual([1, 1]);
  });

  it("hands over all that a crash left unpublished, however much it is", async () => {
    const counted = countingProjector(0);
    const owner = someOwner();
    await inside(owner, (wallet) => {
      for (let i = 0; i < 230; i += 1) wallet.execute(owner, "live", request(earn(1)));
    });
    await evictDurableObject(objectOf(owner));
    expect(await settle(owner)).toBeNull();
    expect(counted.taken).toEqual(Array.from({ length: 230 }, (_, i) => i + 1));
  });

  it("is published by the alarm that starts its object, also when a lot expires soon", async () => {
    const counted = countingProjector(0);
    const owner = someOwner();
    await book(owner, earn(1, START + 60_000));
    await inside(owner, (_wallet, { storage }) => storage.deleteAlarm());
    await evictDurableObject(objectOf(owner));
    // As the platform has it: no alarm is seen while it goes off.
    await inside(owner, (wallet) => wallet.alarm());
    expect(counted.taken).toEqual([1]);
  });

  it("goes back to where the copies are, should they have lost something", async () => {
    const counted = countingProjector(0);
    const owner = someOwner();
    for (let i = 0; i < 5; i += 1) await book(owner, earn(1));
    await settle(owner);
    counted.has = 2;
    await book(owner, earn(1));
    await settle(owner);
    expect(counted.taken).toEqual([1, 2, 3, 4, 5, 3, 4, 5, 6]);
  });

  it("treats a projector that takes nothing as one that fails", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    vi.spyOn(Projector.prototype, "publish").mockResolvedValue(0);
    const owner = someOwner();
    await book(owner, earn(1));
    expect(await settle(owner)).toBeGreaterThan(clock.now);
    expect(logged).toHaveBeenCalledOnce();
  });

  it("is told by the sweep what it had lost with its alarm", async () => {
    const counted = countingProjector(1);
    const owner = someOwner();
    for (let i = 0; i < 3; i += 1) await book(owner, earn(1));
    await inside(owner, (_wallet, { storage }) => storage.deleteAlarm());
    await evictDurableObject(objectOf(owner));
    expect(await alarmOf(owner)).toBeNull();
    await clientOf(owner).wake(1, "active");
    expect(await settle(owner)).toBeNull();
    expect(counted.taken).toEqual([2, 3]);
    await clientOf(owner).wake(3, "active");
    expect(await alarmOf(owner)).toBeNull();
  });
});

describe("a command that comes while the wallet publishes", () => {
  it("is answered at once, and published after", async () => {
    const owner = someOwner();
    const seen: unknown[] = [];
    const handed = watchProjector(async () => {
      if (seen.length > 0) return;
      seen.push((await clientOf(owner).execute("live", request(earn(2)))).ok);
    });
    await book(owner, earn(1));
    await settle(owner);
    await settle(owner);
    expect(seen).toEqual([true]);
    expect(numbersOf(handed)).toEqual([1, 2]);
  });
});
