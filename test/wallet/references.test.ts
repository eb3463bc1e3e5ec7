import { describe, expect, it } from "vitest";
import type { Command, CommandRequest } from "../../src/core/ledger/commands.ts";
import { adjust, DAY, earn, open, redeem, reverse } from "../support/requests.ts";
import {
  balanceOf,
  book,
  booked,
  clientOf,
  dumpOf,
  entriesOf,
  reference,
  refusal,
  request,
  rowsOf,
  START,
  signature,
  someOwner,
  TIER_PROGRAM,
  useClock,
} from "../support/wallet.ts";

const clock = useClock();

const YEAR = 365 * DAY;

/** The same command as a till sends it again: everything but its id may have been made anew. */
function sentAgain(body: CommandRequest, given: Partial<CommandRequest> = {}): CommandRequest {
  return { ...request(body.command), reference: body.reference, ...given };
}

const commands: readonly Command[] = [
  earn(100, START + DAY),
  redeem(10),
  adjust(-5),
  reverse(1),
  open([{ amount: 9, expiresAt: START + DAY }], 9),
];

describe("a command with a reference that was booked before", () => {
  it.each(commands)("is answered with the first receipt and books nothing: %j", async (command) => {
    const owner = someOwner();
    await book(owner, earn(200, START + 2 * YEAR));
    const body = request(command, { reference: reference("R1", command.kind) });
    const first = booked(await clientOf(owner).execute("live", body));
    expect(first.repeated).toBe(false);
    const before = await dumpOf(owner);
    const again = booked(await clientOf(owner).execute("live", sentAgain(body)));
    expect(again).toEqual({ receipt: first.receipt, repeated: true });
    expect(await dumpOf(owner)).toBe(before);
  });

  it("is answered with the first receipt even after other commands", async () => {
    const owner = someOwner();
    const body = request(earn(9_000), { program: TIER_PROGRAM, reference: reference("R1") });
    const first = booked(await clientOf(owner).execute("live", body)).receipt;
    await book(owner, earn(9_000), { program: TIER_PROGRAM });
    await book(owner, redeem(7_777), { program: TIER_PROGRAM });
    const again = booked(await clientOf(owner).execute("live", sentAgain(body)));
    expect(again).toEqual({ receipt: first, repeated: true });
    expect(again.receipt.balance).toBe(9_000);
    expect(await balanceOf(owner)).toBe(10_223);
  });

  it("is recognised for good, though its lot has long expired", async () => {
    const owner = someOwner();
    const body = request(earn(100, START + DAY), { reference: reference("R1") });
    const first = booked(await clientOf(owner).execute("live", body)).receipt;
    clock.now = START + 20 * YEAR;
    expect(await balanceOf(owner)).toBe(0);
    const again = booked(await clientOf(owner).execute("live", sentAgain(body)));
    expect(again).toEqual({ receipt: first, repeated: true });
    expect(await balanceOf(owner)).toBe(0);
  });

  it("is recognised under another signature and with other remarks", async () => {
    const owner = someOwner();
    const body = request(earn(100), { reference: reference("R1"), guard: signature("one") });
    await clientOf(owner).execute("live", body);
    const again = sentAgain(body, {
      guard: signature("other"),
      remarks: { description: "second try" },
      occurredAt: START - DAY,
    });
    expect(booked(await clientOf(owner).execute("live", again)).repeated).toBe(true);
    expect(await entriesOf(owner)).toHaveLength(1);
  });
});

describe("a reference", () => {
  it("is refused with other content, and nothing is written", async () => {
    const owner = someOwner();
    await book(owner, earn(100), { reference: reference("R1") });
    const before = await dumpOf(owner);
    const other = request(earn(200), { reference: reference("R1", "earn", "other content") });
    for (let tries = 0; tries < 2; tries += 1) {
      const error = refusal(await clientOf(owner).execute("live", other));
      expect(error).toEqual({ code: "reference_reused", reference: "R1" });
    }
    expect(await dumpOf(owner)).toBe(before);
    const first = request(earn(100), { reference: reference("R1") });
    expect(booked(await clientOf(owner).execute("live", first)).repeated).toBe(true);
  });

  it("stands for one command in each operation", async () => {
    const owner = someOwner();
    const operations: readonly [string, Command][] = [
      ["earn", earn(100)],
      ["redeem", redeem(10)],
      ["adjust", adjust(7)],
    ];
    for (const [operation, command] of operations) {
      const body = request(command, { reference: reference("R1", operation) });
      expect(booked(await clientOf(owner).execute("live", body)).repeated).toBe(false);
    }
    for (const [operation, command] of operations) {
      const body = request(command, { reference: reference("R1", operation) });
      expect(booked(await clientOf(owner).execute("live", body)).repeated).toBe(true);
    }
    expect(await balanceOf(owner)).toBe(97);
  });

  it("is another in each customer's wallet", async () => {
    const [one, other] = [someOwner(), someOwner()];
    for (const owner of [one, other]) {
      const body = request(earn(100), { reference: reference("R1") });
      expect(booked(await clientOf(owner).execute("live", body)).repeated).toBe(false);
    }
  });

  it("is not used up by a refused command", async () => {
    const owner = someOwner();
    const body = request(redeem(100), { reference: reference("R1", "redeem") });
    expect(refusal(await clientOf(owner).execute("live", body)).code).toBe("insufficient_balance");
    await book(owner, earn(100));
    expect(booked(await clientOf(owner).execute("live", body)).repeated).toBe(false);
  });

  it("is taken letter by letter", async () => {
    const owner = someOwner();
    const keys = ["R1", "r1", "R1 ", "Ｒ1", "R1\0", "'; DROP TABLE entries; --", "%", ""];
    for (const key of keys) await book(owner, earn(1), { reference: reference(key) });
    expect(await balanceOf(owner)).toBe(keys.length);
    for (const key of keys) await book(owner, earn(1), { reference: reference(key) });
    expect(await balanceOf(owner)).toBe(keys.length);
    const stored = await rowsOf(owner, "SELECT reference FROM entries ORDER BY seq");
    expect(stored.map((row) => row.reference)).toEqual(keys);
  });

  it("stands on the entry that carries the command, not on those beside it", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    clock.now = START + DAY;
    const keys = { reference: reference("R1"), guard: signature("s"), program: TIER_PROGRAM };
    await book(owner, earn(60_000), keys);
    const rows = await rowsOf(owner, "SELECT kind, reference, guard_key FROM entries");
    expect(rows).toEqual([
      { kind: "earn", reference: null, guard_key: null },
      { kind: "expire", reference: null, guard_key: null },
      { kind: "earn", reference: "R1", guard_key: "signature/s" },
      { kind: "tier", reference: null, guard_key: null },
    ]);
  });
});
