import { describe, expect, it } from "vitest";
import type { Command } from "../../src/core/ledger/commands.ts";
import { DAY, earn, redeem, reverse } from "../support/requests.ts";
import {
  balanceOf,
  book,
  booked,
  clientOf,
  entriesOf,
  expectSoundLedger,
  idempotencyKey,
  reference,
  refusal,
  request,
  START,
  signature,
  someOwner,
  useClock,
} from "../support/wallet.ts";

useClock();

const FIFTY = Array.from({ length: 50 }, (_, i) => i);

describe("commands that arrive at once", () => {
  it("let exactly one of two redeems of the whole balance succeed", async () => {
    const owner = someOwner();
    await book(owner, earn(10_000));
    const answers = await Promise.all(
      ["one", "other"].map((key) =>
        clientOf(owner).execute(
          "live",
          request(redeem(10_000), { reference: reference(key, "redeem") }),
        ),
      ),
    );
    const refused = answers.filter((answer) => !answer.ok).map(refusal);
    expect(refused).toEqual([
      { code: "insufficient_balance", unit: "point", requested: 10_000, available: 0 },
    ]);
    expect(await balanceOf(owner)).toBe(0);
    await expectSoundLedger(owner);
  });

  it("are all booked, numbered without a gap", async () => {
    const owner = someOwner();
    const answers = await Promise.all(
      FIFTY.map((i) => clientOf(owner).execute("live", request(earn(i + 1)))),
    );
    const numbers = answers.map((answer) => booked(answer).receipt.seq);
    expect(numbers.sort((a, b) => a - b)).toEqual(FIFTY.map((i) => i + 1));
    expect(await balanceOf(owner)).toBe((50 * 51) / 2);
    expect(await entriesOf(owner)).toHaveLength(50);
    await expectSoundLedger(owner);
  });

  it("are booked once when they carry the same reference, and answered alike", async () => {
    const owner = someOwner();
    const answers = await Promise.all(
      FIFTY.map((i) =>
        clientOf(owner).execute(
          "live",
          request(earn(500), { reference: reference("order"), guard: signature(`try ${i}`) }),
        ),
      ),
    );
    const outcomes = answers.map(booked);
    expect(new Set(outcomes.map(({ receipt }) => JSON.stringify(receipt))).size).toBe(1);
    expect(outcomes.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(await entriesOf(owner)).toHaveLength(1);
    expect(await balanceOf(owner)).toBe(500);
  });

  it("are booked once when they carry the same idempotency key", async () => {
    const owner = someOwner();
    const answers = await Promise.all(
      FIFTY.map(() =>
        clientOf(owner).execute("live", request(earn(500), { guard: idempotencyKey("once") })),
      ),
    );
    const receipts = answers.map((answer) => JSON.stringify(booked(answer).receipt));
    expect(new Set(receipts).size).toBe(1);
    expect(await entriesOf(owner)).toHaveLength(1);
  });

  it("reverse an entry only once", async () => {
    const owner = someOwner();
    const { seq } = await book(owner, earn(500));
    const answers = await Promise.all(
      FIFTY.map(() => clientOf(owner).execute("live", request(reverse(seq)))),
    );
    const refused = answers.filter((answer) => !answer.ok).map(refusal);
    expect(refused).toEqual(Array(49).fill({ code: "already_reversed", seq }));
    expect(await balanceOf(owner)).toBe(0);
  });

  it("keep Σ entries = Σ lots = balance in any mixture", async () => {
    const owner = someOwner();
    await book(owner, earn(2_000, START + 5 * DAY));
    const commands = FIFTY.flatMap((i): Command[] => [
      earn(100 + i, START + (i % 7) * DAY),
      redeem(90 + i),
      earn(i, START + 3 * DAY, "stamp"),
      redeem(i + 1, "stamp"),
      reverse(1 + i),
    ]);
    const answers = await Promise.all(
      commands.map((command) => clientOf(owner).execute("live", request(command))),
    );
    const succeeded = answers.filter((answer) => answer.ok).length;
    expect(succeeded).toBeGreaterThan(100);
    expect(succeeded).toBeLessThan(commands.length);
    await expectSoundLedger(owner);
    expect(await clientOf(owner).audit()).toEqual([]);
  });
});
