import { describe, expect, it } from "vitest";
import type { CommandRequest } from "../../src/core/ledger/commands.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { adjust, DAY, EXPIRE, earn, open, redeem, reverse } from "../support/requests.ts";
import {
  balanceOf,
  book,
  clientOf,
  entriesOf,
  expectSoundLedger,
  HOUR,
  lotsOf,
  nextExpiryOf,
  refusal,
  request,
  ring,
  START,
  settle,
  someOwner,
  useClock,
} from "../support/wallet.ts";

const clock = useClock();

const LATER = START + 5 * DAY;

/** Lots of all units; before {@link LATER} they expire on four occasions, in mixed order. */
async function preparedWallet(): Promise<Owner> {
  clock.now = START;
  const owner = someOwner();
  await book(owner, earn(100, START + 3 * DAY));
  await book(owner, earn(20, START + DAY));
  await book(owner, earn(3, START + 2 * DAY, "stamp"));
  await book(owner, earn(4, START + DAY, "prepaid"));
  await book(owner, earn(50, START + 4 * DAY));
  await book(owner, redeem(30));
  await book(owner, earn(7_000, START + 90 * DAY));
  return owner;
}

/** Lets the alarm go off at each of its times up to the moment. */
async function ringUntil(owner: Owner, moment: number): Promise<void> {
  await settle(owner);
  while ((await nextExpiryOf(owner)) <= moment) {
    await ring(owner, clock);
    await settle(owner);
  }
  clock.now = moment;
}

/** Entries but for their ids and the moment of their booking. */
async function storyOf(owner: Owner): Promise<unknown[]> {
  return (await entriesOf(owner)).map((row) => {
    const { id: _id, recorded_at: _at, texts_digest: _salted, after, receipt, ...rest } = row;
    const head = { ...JSON.parse(after), recordedAt: 0 };
    const answer = receipt === null ? null : { ...JSON.parse(receipt), entry: "", recordedAt: 0 };
    return { ...rest, after: head, receipt: answer };
  });
}

const till = { dialect: "kirimel", key: "key_1", site: "sit_1", staff: "stf_1" };
const remarks = { description: "Dining reward", purchase: { amount: 2_550, currency: "KES" } };

const commands: Readonly<Record<string, CommandRequest>> = {
  "an earn": request(earn(1, START + 90 * DAY), { source: till, remarks }),
  "a redeem": request(redeem(500), { source: till, remarks }),
  "an adjustment": request(adjust(5), { source: till, remarks }),
  "a reversal of what was spent": request(reverse(6), { source: till, remarks }),
  "an opening balance": request(open([{ amount: 9, expiresAt: LATER + DAY }], 9), { remarks }),
  "an expiry": request(EXPIRE, {
    source: { dialect: "system", key: null, site: null, staff: null },
  }),
};

describe("expiry", () => {
  it.each(Object.entries(commands))(
    "gives the same entries before %s as by the alarm",
    async (_name, body) => {
      const byAlarm = await preparedWallet();
      await ringUntil(byAlarm, LATER);
      await clientOf(byAlarm).execute("live", body);
      const lazily = await preparedWallet();
      clock.now = LATER;
      await clientOf(lazily).execute("live", body);
      expect(await storyOf(lazily)).toEqual(await storyOf(byAlarm));
      expect(await lotsOf(lazily)).toEqual(await lotsOf(byAlarm));
      await expectSoundLedger(lazily);
      await expectSoundLedger(byAlarm);
    },
  );

  it("gives the same entries by a view as by the alarm", async () => {
    const byAlarm = await preparedWallet();
    await ringUntil(byAlarm, LATER);
    const lazily = await preparedWallet();
    clock.now = LATER;
    await clientOf(lazily).view(0);
    expect(await storyOf(lazily)).toEqual(await storyOf(byAlarm));
  });

  it("happens when the lot expires, and is booked when it is noticed", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    clock.now = LATER;
    await balanceOf(owner);
    const [, expired] = await entriesOf(owner);
    expect(expired).toMatchObject({
      kind: "expire",
      amount: -100,
      balance: 0,
      occurred_at: START + DAY,
      recorded_at: LATER,
    });
  });

  it("comes before the command, so that what is due cannot be spent any more", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    await book(owner, earn(30, START + 2 * DAY));
    clock.now = START + DAY;
    const refused = refusal(await clientOf(owner).execute("live", request(redeem(31))));
    expect(refused).toMatchObject({ code: "insufficient_balance", available: 30 });
    await book(owner, redeem(30));
    expect(await balanceOf(owner)).toBe(0);
    await expectSoundLedger(owner);
  });

  it("ends what a reversal brings back after its time", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    const { seq } = await book(owner, redeem(100));
    clock.now = START + 2 * DAY;
    await book(owner, reverse(seq));
    expect(await balanceOf(owner)).toBe(0);
    const kinds = (await entriesOf(owner)).map((entry) => entry.kind);
    expect(kinds).toEqual(["earn", "redeem", "reverse", "expire"]);
    await expectSoundLedger(owner);
  });

  it("is at once that of a lot which comes late from a till", async () => {
    const owner = someOwner();
    const receipt = await book(owner, earn(100, START - DAY), { occurredAt: START - 9 * DAY });
    expect(receipt).toMatchObject({ amount: 100, balance: 0 });
    expect(await lotsOf(owner)).toEqual([]);
    expect(await settle(owner)).toBeNull();
    const kinds = (await entriesOf(owner)).map((entry) => entry.kind);
    expect(kinds).toEqual(["earn", "expire"]);
    await expectSoundLedger(owner);
  });

  it("has nothing to answer and books nothing where nothing is due", async () => {
    const owner = await preparedWallet();
    const before = await entriesOf(owner);
    const answer = await clientOf(owner).execute("live", request(EXPIRE));
    expect(answer).toEqual({ ok: true, value: null });
    expect(await entriesOf(owner)).toEqual(before);
  });

  it("is listed ahead of time, soonest first, up to the moment asked for", async () => {
    const owner = await preparedWallet();
    const { expiring } = await clientOf(owner).view(START + 4 * DAY);
    expect(expiring).toEqual({
      point: [
        { expiresAt: START + 3 * DAY, amount: 90 },
        { expiresAt: START + 4 * DAY, amount: 50 },
      ],
      stamp: [{ expiresAt: START + 2 * DAY, amount: 3 }],
      prepaid: [{ expiresAt: START + DAY, amount: 4 }],
    });
    clock.now = START + 3 * DAY + HOUR;
    const later = await clientOf(owner).view(START + 4 * DAY);
    expect(later.expiring.point).toEqual([{ expiresAt: START + 4 * DAY, amount: 50 }]);
    expect(later.expiring.prepaid).toEqual([]);
  });
});
