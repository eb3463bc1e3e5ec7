import { evictDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { DEBT } from "../../src/core/ledger/entries.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { DAY, earn, program, redeem, TIERS } from "../support/requests.ts";
import {
  booked,
  clientOf,
  entriesOf,
  expectSoundLedger,
  inside,
  lotsOf,
  objectOf,
  reference,
  request,
  rowsOf,
  useClock,
} from "../support/wallet.ts";
import version3 from "./recorded/version-3.sql";

const clock = useClock();

const OWNER: Owner = {
  merchant: "mer_01K3Q8Z0V4N6W2R8T0MERCHANT",
  customer: "cus_01K3Q8Z0V4N6W2R8T0CVSTMER0",
};
const PROGRAM = program({ tiers: TIERS, allowDebt: true });

/** Puts the recorded database in the place of the object's own, and has it opened by this build. */
beforeEach(async () => {
  clock.now += 2 * DAY;
  await inside(OWNER, async (_wallet, { storage }) => {
    await storage.deleteAll();
    storage.sql.exec(version3);
  });
  await evictDurableObject(objectOf(OWNER));
});

describe("a wallet that an older build wrote", () => {
  it("holds as many points as before, in thousandths", async () => {
    const { head } = await clientOf(OWNER).view(0);
    expect(head.holdings).toEqual({
      point: { balance: -1_998_500, earned: -1_924_000, redeemed: 10_250 },
      stamp: { balance: 3, earned: 3, redeemed: 0 },
      prepaid: { balance: 7_450, earned: 10_000, redeemed: 2_550 },
    });
    // One bill stands, one was voided, and a return took more than the first came to.
    expect(head.bills).toEqual({ EUR: { count: 1, total: 123_456 - 200_000 } });
    expect(await lotsOf(OWNER)).toEqual([
      { unit: "point", expires_at: DEBT, amount: -1_998_500 },
      expect.objectContaining({ unit: "prepaid", amount: 7_450 }),
      expect.objectContaining({ unit: "stamp", amount: 3 }),
    ]);
    expect(await clientOf(OWNER).audit()).toEqual([]);
    await expectSoundLedger(OWNER);
  });

  it("keeps every entry, with what it answered and what was written about it", async () => {
    const entries = await entriesOf(OWNER);
    expect(entries.map(({ kind }) => kind).join(" ")).toBe(
      "open tier earn bill earn tier earn voucher voucher bill earn redeem adjust earn redeem " +
        "expire void reverse reverse bill reverse tier",
    );
    const [opened, , earned, bill] = await clientOf(OWNER)
      .entriesBefore(99, 99)
      .then((all) => all.toReversed().map(({ entry }) => entry));
    expect(opened).toMatchObject({ amount: 150_500, lots: [{ amount: 150_500 }] });
    expect(opened?.receipt).toMatchObject({ amount: 150_500, standing: { missing: 300_000 } });
    expect(earned?.remarks).toEqual({ description: "Ada's birthday", extra: { note: "x" } });
    expect(bill?.receipt?.bill).toMatchObject({ earned: 1_851_000, stamps: 3 });
    expect(bill?.remarks.bill?.total.amount).toBe(123_456);
    await expect(rowsOf(OWNER, "UPDATE entries SET amount = 0")).rejects.toThrow(/immutable/);
  });

  it("knows again what it was sent before", async () => {
    const send = (amount: number, given: object) =>
      clientOf(OWNER).execute("live", request(redeem(amount), { program: PROGRAM, ...given }));
    const again = { reference: reference("R-1", "redeem/point", "10250") };
    expect(booked(await send(10_250, again))).toMatchObject({
      repeated: true,
      receipt: { amount: -10_250, balance: 2_116_250 },
    });
    const [kept] = await rowsOf<{ error: string }>(OWNER, "SELECT error FROM refusals");
    expect(JSON.parse(kept?.error ?? "")).toEqual({
      code: "insufficient_balance",
      unit: "point",
      requested: 999_999_990,
      available: 2_126_260,
    });
  });

  it("goes on: what is earned pays the debt first", async () => {
    const given = { program: PROGRAM };
    const earned = request(earn(2_000_000), given);
    expect(booked(await clientOf(OWNER).execute("live", earned)).receipt.balance).toBe(1_500);
    await expectSoundLedger(OWNER);
  });
});
