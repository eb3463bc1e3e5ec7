import { ulid } from "ulid";
import { describe, expect, it } from "vitest";
import type { CommandRequest } from "../../src/core/ledger/commands.ts";
import { MAX_BILL_LINES } from "../../src/core/ledger/entries.ts";
import { DAY, earn, TODAY } from "../support/requests.ts";
import { countRows } from "../support/statements.ts";
import {
  book,
  clientOf,
  expectSoundLedger,
  inside,
  request,
  START,
  someOwner,
  TIER_PROGRAM,
  useClock,
} from "../support/wallet.ts";

const clock = useClock();

function bill(amount: number, key = "INV-1", lines = 1): CommandRequest {
  const line = { category: "spa", sku: "S", name: "x".repeat(255), quantity: null, amount: 1 };
  const purchase = { amount, currency: "EUR" };
  const reference = { operation: "bill", key, fingerprint: String(amount), repeatWithinMs: DAY };
  return request(
    {
      kind: "bill",
      number: key,
      purchase,
      lines: Array.from({ length: lines }, () => line),
      day: TODAY,
      expiresAt: START + 400 * DAY,
    },
    { id: ulid(), program: TIER_PROGRAM, reference },
  );
}

describe("a bill in the wallet", () => {
  it.each([10, 500])("costs at most 5 written and 8 read rows after %i entries", async (count) => {
    const owner = someOwner();
    await book(owner, earn(100, START + 400 * DAY));
    await inside(owner, (wallet) => {
      const more = Array.from({ length: count - 1 }, () => earn(1, START + 400 * DAY));
      for (const command of more) wallet.execute(owner, "live", request(command));
    });
    const rows = await inside(owner, (wallet, { storage }) =>
      countRows(storage, () => wallet.execute(owner, "live", bill(700))),
    );
    expect(rows.written).toBeLessThanOrEqual(5);
    expect(rows.read).toBeLessThanOrEqual(8);
    await expectSoundLedger(owner);
  });

  it("is found by one row, however often its number came back", async () => {
    const owner = someOwner();
    const reads: number[] = [];
    for (let day = 0; day < 30; day += 1) {
      clock.now = START + day * DAY;
      await clientOf(owner).execute("live", bill(700));
      const again = await inside(owner, (wallet, { storage }) =>
        countRows(storage, () => wallet.execute(owner, "live", bill(700))),
      );
      expect(again.written).toBe(0);
      reads.push(again.read);
    }
    expect(new Set(reads).size).toBe(1);
    const query = { unit: "point" as const, kinds: ["bill" as const], limit: 100, offset: 0 };
    expect((await clientOf(owner).entries(query)).total).toBe(30);
  });

  it("is kept with all the lines that it may have", async () => {
    const owner = someOwner();
    await clientOf(owner).execute("live", bill(700, "INV-9", MAX_BILL_LINES));
    const query = { unit: "point" as const, kinds: ["bill" as const], limit: 1, offset: 0 };
    const { entries, references } = await clientOf(owner).entries(query);
    expect(entries[0]?.remarks.bill?.lines).toHaveLength(MAX_BILL_LINES);
    expect(references).toEqual(["INV-9"]);
  });
});
