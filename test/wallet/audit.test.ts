import { describe, expect, it } from "vitest";
import type { EntryKind } from "../../src/core/ledger/entries.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { DAY, earn, redeem, reverse } from "../support/requests.ts";
import {
  book,
  clientOf,
  DEBT_PROGRAM,
  dumpOf,
  inside,
  reference,
  START,
  someOwner,
  useClock,
} from "../support/wallet.ts";

const clock = useClock();

/** Points, stamps, and a debt in money; entries 1 to 6. */
async function preparedWallet(): Promise<Owner> {
  const owner = someOwner();
  await book(owner, earn(500, START + DAY), { reference: reference("R1") });
  await book(owner, earn(7, START + DAY, "stamp"));
  await book(owner, redeem(100), { reference: reference("R2", "redeem") });
  const { seq } = await book(owner, earn(900, START + DAY, "prepaid"));
  await book(owner, redeem(300, "prepaid"));
  await book(owner, reverse(seq), { program: DEBT_PROGRAM });
  return owner;
}

describe("an audit", () => {
  it("finds nothing in a ledger that adds up, a debt included", async () => {
    const owner = await preparedWallet();
    const before = await dumpOf(owner);
    expect(await clientOf(owner).audit()).toEqual([]);
    expect(await dumpOf(owner)).toBe(before);
    expect(await clientOf(someOwner()).audit()).toEqual([]);
  });

  it.each([
    [
      "more",
      "UPDATE lots SET amount = amount + 1 WHERE unit = 'point'",
      { unit: "point", balance: 400, entries: 400, lots: 401 },
    ],
    [
      "none",
      "DELETE FROM lots WHERE unit = 'stamp'",
      { unit: "stamp", balance: 7, entries: 7, lots: 0 },
    ],
    [
      "less of a debt",
      "UPDATE lots SET amount = -299 WHERE unit = 'prepaid'",
      { unit: "prepaid", balance: -300, entries: -300, lots: -299 },
    ],
  ])("names a unit whose lots hold %s", async (_what, damage, found) => {
    const owner = await preparedWallet();
    await inside(owner, (_wallet, { storage }) => {
      storage.sql.exec(damage);
    });
    expect(await clientOf(owner).audit()).toEqual([found]);
  });
});

describe("a list of entries", () => {
  const all: readonly EntryKind[] = ["earn", "redeem", "reverse", "expire"];

  it("goes from the newest back, page by page, with how many there are", async () => {
    const owner = await preparedWallet();
    const pages = [0, 4, 8].map((offset) =>
      clientOf(owner).entries({ unit: null, kinds: all, limit: 4, offset }),
    );
    const [first, second, third] = await Promise.all(pages);
    expect(first?.entries.map((entry) => entry.seq)).toEqual([6, 5, 4, 3]);
    expect(first?.references).toEqual([null, null, null, "R2"]);
    expect(second?.entries.map((entry) => entry.seq)).toEqual([2, 1]);
    expect(second?.references).toEqual([null, "R1"]);
    expect(third).toEqual({ entries: [], references: [], total: 6 });
    expect([first?.total, second?.total]).toEqual([6, 6]);
  });

  it("holds only the kinds asked for", async () => {
    const owner = await preparedWallet();
    const page = await clientOf(owner).entries({
      unit: null,
      kinds: ["redeem"],
      limit: 9,
      offset: 0,
    });
    expect(page.entries.map((entry) => entry.seq)).toEqual([5, 3]);
    expect(page.total).toBe(2);
    const none = await clientOf(owner).entries({ unit: null, kinds: [], limit: 9, offset: 0 });
    expect(none.total).toBe(0);
  });

  it("shows what has expired by then", async () => {
    const owner = await preparedWallet();
    clock.now = START + DAY;
    const page = await clientOf(owner).entries({
      unit: null,
      kinds: ["expire"],
      limit: 9,
      offset: 0,
    });
    expect(page.entries.map(({ unit, amount }) => [unit, amount])).toEqual([
      ["stamp", -7],
      ["point", -400],
    ]);
  });
});
