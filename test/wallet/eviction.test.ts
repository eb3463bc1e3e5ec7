import { abortAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { migrate } from "../../src/wallet/migrator.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { adjust, DAY, earn, open, redeem, reverse } from "../support/requests.ts";
import {
  alarmOf,
  book,
  booked,
  clientOf,
  dumpOf,
  entriesOf,
  expectSoundLedger,
  idempotencyKey,
  inside,
  lotsOf,
  objectOf,
  PUBLISH_DELAY,
  reference,
  refusal,
  request,
  rowsOf,
  START,
  settle,
  signature,
  someOwner,
  TIER_PROGRAM,
  useClock,
} from "../support/wallet.ts";

const clock = useClock();

const ends: Readonly<Record<string, (owner: Owner) => Promise<void>>> = {
  evicted: (owner) => evictDurableObject(objectOf(owner)),
  aborted: () => abortAllDurableObjects(),
};

const earnOnce = request(earn(50_000, START + 30 * DAY), {
  program: TIER_PROGRAM,
  reference: reference("order"),
  guard: signature("earn"),
});
const refusedOnce = request(redeem(1_000_000), { guard: idempotencyKey("refused") });

/** Something in every table: entries of many kinds, lots, references, guards and refusals. */
async function livelyWallet(): Promise<Owner> {
  const owner = someOwner();
  const client = clientOf(owner);
  await book(owner, open([{ expiresAt: START + 60 * DAY, amount: 700 }], 900));
  booked(await client.execute("live", earnOnce));
  await book(owner, earn(300, START + 20 * DAY, "stamp"));
  const { seq } = await book(owner, redeem(5_000), { reference: reference("spent", "redeem") });
  await book(owner, reverse(seq));
  await book(owner, adjust(-100));
  refusal(await client.execute("live", refusedOnce));
  await client.bind("live", signature("bound"));
  return owner;
}

describe.each(Object.entries(ends))("a wallet whose object was %s", (_name, end) => {
  it("keeps every row and its alarm", async () => {
    const owner = await livelyWallet();
    const before = await dumpOf(owner);
    await end(owner);
    expect(await dumpOf(owner)).toBe(before);
    expect(await alarmOf(owner)).toBe(START + PUBLISH_DELAY);
    expect(await settle(owner)).toBeNull();
    await expectSoundLedger(owner);
  });

  it("answers repeats and refusals as before", async () => {
    const owner = await livelyWallet();
    const first = booked(await clientOf(owner).execute("live", earnOnce)).receipt;
    await end(owner);
    const client = clientOf(owner);
    const again = booked(await client.execute("live", earnOnce));
    expect(again).toEqual({ receipt: first, repeated: true });
    const refused = refusal(await client.execute("live", refusedOnce));
    expect(refused.code).toBe("insufficient_balance");
    const turned = signature("bound", "POST /points/redeem");
    expect(await client.bind("live", turned)).toEqual({ code: "signature_reused" });
  });

  it("still refuses a stranger", async () => {
    const owner = await livelyWallet();
    await end(owner);
    const stranger = { ...owner, merchant: "mer_other" };
    await inside(owner, (wallet) => {
      expect(() => wallet.view(stranger, 0)).toThrow("another owner");
    });
  });

  it("goes on counting where it stopped", async () => {
    const owner = await livelyWallet();
    const before = await clientOf(owner).view(0);
    await end(owner);
    clock.now += DAY;
    const { seq, balance } = await book(owner, earn(1));
    expect(seq).toBe(before.head.seq + 1);
    expect(balance).toBe((before.head.holdings.point?.balance ?? 0) + 1);
    await expectSoundLedger(owner);
  });
});

/** A crash after a command: in the same turn, and after the turns in which storage commits. */
const crashes: readonly [string, number, boolean][] = [
  ["in the turn of the command", 0, false],
  ["one turn later", 1, true],
  ["three turns later", 3, true],
];

describe("entries and the alarm that publishes them", () => {
  it.each(crashes)("are kept or lost together by a crash %s", async (_when, turns, kept) => {
    const owner = someOwner();
    const crash = inside(owner, async (wallet, state) => {
      migrate(state.storage);
      await state.storage.sync();
      wallet.execute(owner, "live", request(earn(100, START + DAY)));
      for (let turn = 0; turn < turns; turn += 1) await scheduler.wait(0);
      state.abort("crash");
    });
    await expect(crash).rejects.toThrow("crash");
    const found = {
      entries: (await entriesOf(owner)).length,
      lots: (await lotsOf(owner)).length,
      owners: (await rowsOf(owner, "SELECT * FROM owner")).length,
      alarm: await alarmOf(owner),
    };
    const all = { entries: 1, lots: 1, owners: 1, alarm: START + PUBLISH_DELAY };
    expect(found).toEqual(kept ? all : { entries: 0, lots: 0, owners: 0, alarm: null });
  });

  it("are durable once the command has answered", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    await abortAllDurableObjects();
    expect(await entriesOf(owner)).toHaveLength(1);
    expect(await alarmOf(owner)).toBe(START + PUBLISH_DELAY);
  });
});
