import { describe, expect, it } from "vitest";
import type { Owner } from "../../src/wallet/rows.ts";
import { earn, redeem } from "../support/requests.ts";
import {
  book,
  clientOf,
  dumpStorage,
  idempotencyKey,
  inside,
  refusal,
  request,
  rowsOf,
  someOwner,
  useClock,
} from "../support/wallet.ts";

useClock();

/** A wallet with a row in every table: two entries, a lot, the owner and a refusal. */
async function filledWallet(): Promise<Owner> {
  const owner = someOwner();
  await book(owner, earn(100));
  await book(owner, redeem(40));
  const refused = request(redeem(999), { guard: idempotencyKey("refused") });
  refusal(await clientOf(owner).execute("live", refused));
  return owner;
}

/** Runs a statement that the database must refuse for the reason given. */
async function expectRefused(statement: string, reason: RegExp): Promise<void> {
  const owner = await filledWallet();
  await inside(owner, async (_wallet, { storage }) => {
    const before = await dumpStorage(storage);
    expect(() => storage.sql.exec(statement)).toThrow(reason);
    expect(await dumpStorage(storage)).toBe(before);
  });
}

/** An insert of an entry that is right but for what is given. */
function insertEntry(given: Readonly<Record<string, string>>): string {
  const values: Record<string, string> = {
    seq: "3",
    id: "'ent_1'",
    kind: "'earn'",
    unit: "'point'",
    amount: "1",
    balance: "61",
    lots: "'[]'",
    occurred_at: "1",
    recorded_at: "1",
    guard_indexed: "0",
    source: "'{}'",
    remarks: "'{}'",
    after: "'{}'",
    ...given,
  };
  return `INSERT INTO entries (${Object.keys(values)}) VALUES (${Object.values(values)})`;
}

describe("the table of entries", () => {
  it.each([
    "UPDATE entries SET amount = 1_000_000 WHERE seq = 1",
    "UPDATE entries SET remarks = remarks",
    "DELETE FROM entries WHERE seq = 2",
    "DELETE FROM entries",
    `${insertEntry({ seq: "2" })} ON CONFLICT (seq) DO UPDATE SET amount = excluded.amount`,
    insertEntry({ seq: "2" }).replace("INSERT", "INSERT OR REPLACE"),
    insertEntry({ seq: "1" }).replace("INSERT", "REPLACE"),
    "UPDATE OR REPLACE entries SET seq = 2 WHERE seq = 1",
  ])("is never changed: %s", async (statement) => {
    await expectRefused(statement, /entries are immutable/);
  });

  it.each([
    ["a number that is taken", { seq: "2" }, /UNIQUE/],
    ["a number below 1", { seq: "0" }, /CHECK/],
    ["an unknown unit", { unit: "'mile'" }, /CHECK/],
    ["a text for an amount", { amount: "'many'" }, /cannot store TEXT value in INTEGER/],
    ["a fraction for an amount", { amount: "0.5" }, /cannot store REAL value in INTEGER/],
    ["a correction of nothing", { corrects: "77" }, /FOREIGN KEY/],
    ["no state", { after: "NULL" }, /NOT NULL/],
  ])("refuses an entry with %s", async (_what, given, reason) => {
    await expectRefused(insertEntry(given), reason);
  });

  it("takes further corrections of an entry: it may be taken back in parts", async () => {
    const owner = await filledWallet();
    await inside(owner, (_wallet, { storage }) => {
      storage.sql.exec(insertEntry({ seq: "3", corrects: "2" }));
      storage.sql.exec(insertEntry({ seq: "4", corrects: "2" }));
    });
    expect(await rowsOf(owner, "SELECT seq FROM entries WHERE corrects = 2")).toHaveLength(2);
  });

  it("takes an entry that is right", async () => {
    const owner = await filledWallet();
    await inside(owner, (_wallet, { storage }) => {
      storage.sql.exec(insertEntry({}));
    });
    expect(await rowsOf(owner, "SELECT seq FROM entries")).toHaveLength(3);
  });
});

describe("the table of lots", () => {
  it.each([
    ["a negative amount", "UPDATE lots SET amount = -1", /CHECK/],
    ["an amount of nothing", "UPDATE lots SET amount = 0", /CHECK/],
    ["a negative lot beside the debt", "INSERT INTO lots VALUES ('point', 1, -5)", /CHECK/],
    ["an unknown unit", "INSERT INTO lots VALUES ('mile', 1, 5)", /CHECK/],
    ["a text for a time", "INSERT INTO lots VALUES ('point', 'soon', 5)", /TEXT value in INTEGER/],
    ["a fraction", "INSERT INTO lots VALUES ('point', 1, 1.5)", /REAL value in INTEGER/],
  ])("refuses %s", async (_what, statement, reason) => {
    await expectRefused(statement, reason);
  });

  it("holds one lot for each moment, and a debt", async () => {
    const owner = await filledWallet();
    await inside(owner, (_wallet, { storage }) => {
      storage.sql.exec("INSERT INTO lots VALUES ('stamp', 0, -5), ('stamp', 9, 5)");
      const again = "INSERT INTO lots VALUES ('stamp', 9, 1)";
      expect(() => storage.sql.exec(again)).toThrow(/UNIQUE/);
    });
  });
});

function ownerWith(id: number): string {
  return `INSERT INTO owner (id, merchant, customer) VALUES (${id}, 'mer', 'cus')`;
}

describe("the other tables", () => {
  it.each([
    ["a second owner", ownerWith(2), /CHECK/],
    ["another first owner", ownerWith(1), /UNIQUE/],
    ["a blob for an owner", "UPDATE owner SET merchant = x'00'", /BLOB value in TEXT/],
    ["a text for a time", "UPDATE refusals SET expires_at = 'soon'", /TEXT value in INTEGER/],
    ["a text for a version", "UPDATE schema SET version = 'new'", /datatype mismatch/],
  ])("refuse %s", async (_what, statement, reason) => {
    await expectRefused(statement, reason);
  });
});
