import { describe, expect, it } from "vitest";
import type { CommandRequest } from "../../src/core/ledger/commands.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { adjust, buy, DAY, EXPIRE, earn, open, redeem, reverse } from "../support/requests.ts";
import {
  alarmOf,
  book,
  booked,
  clientOf,
  contentOf,
  DEBT_PROGRAM,
  dumpOf,
  HOUR,
  idempotencyKey,
  inside,
  reference,
  request,
  START,
  signature,
  someOwner,
  TIER_PROGRAM,
  useClock,
} from "../support/wallet.ts";

const clock = useClock();

const known = { reference: reference("known"), guard: signature("known") };

/** Entries to take back, a lot that is due, references, guards and refusals. */
async function preparedWallet(): Promise<Owner> {
  clock.now = START;
  const owner = someOwner();
  await book(owner, earn(500, START + HOUR));
  await book(owner, earn(700, START + 2 * DAY), known);
  await book(owner, redeem(600));
  const taken = await book(owner, earn(50, START + 2 * DAY));
  await book(owner, reverse(taken.seq));
  const refused = request(redeem(9_999), { guard: idempotencyKey("refused") });
  await clientOf(owner).execute("live", refused);
  clock.now = START + 2 * HOUR;
  await clientOf(owner).bind("live", signature("bound"));
  return owner;
}

const fresh = { reference: reference("new"), guard: signature("new") };

const booking: Readonly<Record<string, CommandRequest>> = {
  "an earn": request(earn(100, START + DAY), fresh),
  "an earn by a purchase": request(buy(12_345, START + DAY), fresh),
  "an earn that reaches a tier": request(earn(20_000), { ...fresh, program: TIER_PROGRAM }),
  "an earn of stamps": request(earn(3, START + DAY, "stamp"), { guard: idempotencyKey("new") }),
  "a redeem": request(redeem(600), fresh),
  "an adjustment up": request(adjust(5, START + DAY), fresh),
  "an adjustment down": request(adjust(-5), fresh),
  "a reversal": request(reverse(3), fresh),
  "a reversal that leaves a debt": request(reverse(2), { ...fresh, program: DEBT_PROGRAM }),
  "an opening balance": request(open([{ amount: 9, expiresAt: START + DAY }], 10), fresh),
};

const notBooking: Readonly<Record<string, CommandRequest>> = {
  "an expiry": request(EXPIRE),
  "a repeat": request(earn(700), known),
  "a repeat that is signed anew": request(earn(700), { ...known, guard: signature("anew") }),
  "a redeem of too much": request(redeem(9_999), fresh),
  "a redeem of too much with an idempotency key": request(redeem(9_999), {
    guard: idempotencyKey("new"),
  }),
  "a refusal that was kept": request(redeem(9_999), { guard: idempotencyKey("refused") }),
  "a reversal of what is reversed": request(reverse(4), fresh),
  "a reversal of nothing": request(reverse(99), fresh),
  "a used reference": request(earn(1), { reference: reference("known", "earn", "another") }),
  "a used signature": request(earn(1), { guard: signature("bound", "POST /elsewhere") }),
  "a used idempotency key": request(earn(1), { guard: idempotencyKey("refused", "another") }),
};

const all = Object.entries({ ...booking, ...notBooking });

describe("a command in test mode", () => {
  it.each(all)("is answered as a live one and leaves no trace: %s", async (_name, body) => {
    const owner = await preparedWallet();
    const before = await dumpOf(owner);
    const tested = await clientOf(owner).execute("test", body);
    expect(await dumpOf(owner)).toBe(before);
    expect(await clientOf(owner).execute("live", body)).toEqual(tested);
  });

  it.each(Object.entries(booking))("would have left one if live: %s", async (_name, body) => {
    const owner = await preparedWallet();
    const before = await dumpOf(owner);
    booked(await clientOf(owner).execute("live", body));
    expect(await dumpOf(owner)).not.toBe(before);
  });

  it("may be repeated: what was not kept is no repeat", async () => {
    const owner = await preparedWallet();
    const body = request(earn(100), fresh);
    const answers = [
      await clientOf(owner).execute("test", body),
      await clientOf(owner).execute("test", body),
    ];
    expect(answers.map((answer) => booked(answer).repeated)).toEqual([false, false]);
    expect(answers[1]).toEqual(answers[0]);
  });

  it("changes nothing in what the live commands after it do", async () => {
    const tested = await preparedWallet();
    for (const [, body] of all) await clientOf(tested).execute("test", body);
    const untested = await preparedWallet();
    const body = request(redeem(600), fresh);
    for (const owner of [tested, untested]) await clientOf(owner).execute("live", body);
    expect(await contentOf(tested)).toEqual(await contentOf(untested));
  });
});

describe("the first command of a wallet, in test mode", () => {
  it("leaves nothing behind: no table, no owner and no alarm", async () => {
    const owner = someOwner();
    const before = await dumpOf(owner);
    expect(JSON.parse(before)).toEqual({ schema: [], tables: [], alarm: null });
    const body = request(earn(100, START + DAY), fresh);
    expect(booked(await clientOf(owner).execute("test", body)).receipt.balance).toBe(100);
    expect(await clientOf(owner).bind("test", signature("bound"))).toBeNull();
    expect((await clientOf(owner).view(START + DAY)).head.seq).toBe(0);
    expect(await clientOf(owner).entriesBefore(9, 9)).toEqual([]);
    expect(await clientOf(owner).audit()).toEqual([]);
    await clientOf(owner).retell(0);
    await clientOf(owner).wake(0, "active");
    expect(await dumpOf(owner)).toBe(before);
    expect(await alarmOf(owner)).toBeNull();
  });

  it("does not keep another owner's first live command out", async () => {
    const owner = someOwner();
    const stranger = { ...owner, merchant: "mer_stranger" };
    await inside(owner, (wallet) => {
      wallet.execute(stranger, "test", request(earn(1)));
      wallet.bind(stranger, "test", signature("bound"));
      expect(wallet.execute(owner, "live", request(earn(1)))).toMatchObject({ ok: true });
    });
  });
});

describe("a guard that is bound in test mode", () => {
  it("is refused as live would, and is not kept", async () => {
    const owner = await preparedWallet();
    const before = await dumpOf(owner);
    const client = clientOf(owner);
    expect(await client.bind("test", signature("new"))).toBeNull();
    expect(await client.bind("test", signature("new", "POST /elsewhere"))).toBeNull();
    const used = await client.bind("test", signature("bound", "POST /elsewhere"));
    expect(used).toEqual({ code: "signature_reused" });
    expect(await dumpOf(owner)).toBe(before);
  });
});
