import { describe, expect, it } from "vitest";
import { DAY, earn, redeem } from "../support/requests.ts";
import {
  balanceOf,
  book,
  booked,
  clientOf,
  entriesOf,
  expectSoundLedger,
  HOUR,
  idempotencyKey,
  reference,
  refusal,
  request,
  START,
  settle,
  signature,
  someOwner,
  useClock,
} from "../support/wallet.ts";

const clock = useClock();

describe("a wallet whose clock jumps", () => {
  it("never records an entry before the one that went ahead of it", async () => {
    const owner = someOwner();
    const jumps = [0, HOUR, -3 * HOUR, 2 * HOUR, -DAY, DAY, -1, 1];
    for (const jump of jumps) {
      clock.now += jump;
      await book(owner, earn(10));
    }
    const recorded = (await entriesOf(owner)).map((entry) => entry.recorded_at);
    expect(recorded).toEqual([...recorded].sort((a, b) => a - b));
    expect(recorded.slice(0, 4)).toEqual([START, START + HOUR, START + HOUR, START + HOUR]);
    await expectSoundLedger(owner);
  });

  it("takes what happened at the till as told, but never as later than its booking", async () => {
    const owner = someOwner();
    const told = [START - 30 * DAY, START + DAY, null];
    for (const occurredAt of told) await book(owner, earn(10), { occurredAt });
    const times = (await entriesOf(owner)).map((entry) => [entry.occurred_at, entry.recorded_at]);
    expect(times).toEqual([
      [START - 30 * DAY, START],
      [START, START],
      [START, START],
    ]);
  });

  it("does not bring an expired lot back by jumping back", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    clock.now = START + DAY;
    expect(await balanceOf(owner)).toBe(0);
    clock.now = START;
    expect(await balanceOf(owner)).toBe(0);
    expect(refusal(await clientOf(owner).execute("live", request(redeem(1)))).code).toBe(
      "insufficient_balance",
    );
    await expectSoundLedger(owner);
  });

  it("judges expiry by the latest time that it has booked", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    clock.now = START + 2 * HOUR;
    await book(owner, earn(1));
    clock.now = START - 9 * DAY;
    await book(owner, earn(30, START + HOUR));
    expect(await balanceOf(owner)).toBe(101);
    expect(await settle(owner)).toBeNull();
  });

  it("still recognises repeats and guards after jumping back", async () => {
    const owner = someOwner();
    const bodies = [
      request(earn(1), { reference: reference("R1"), guard: signature("one") }),
      request(earn(2), { guard: signature("two") }),
      request(earn(3), { guard: idempotencyKey("three") }),
    ];
    for (const body of bodies) await clientOf(owner).execute("live", body);
    await clientOf(owner).bind("live", signature("bound"));
    clock.now = START - 365 * DAY;
    for (const body of bodies) {
      expect(booked(await clientOf(owner).execute("live", body)).repeated).toBe(true);
    }
    const elsewhere = signature("bound", "POST /elsewhere");
    expect(await clientOf(owner).bind("live", elsewhere)).toEqual({ code: "signature_reused" });
    expect(await balanceOf(owner)).toBe(6);
  });
});
