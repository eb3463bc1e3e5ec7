import { describe, expect, it } from "vitest";
import type { Unit } from "../../src/core/amount.ts";
import type { Command, CommandRequest } from "../../src/core/ledger/commands.ts";
import { migrate } from "../../src/wallet/migrator.ts";
import type { Wallet } from "../../src/wallet/object.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { DAY, earn, redeem, reverse, UNITS } from "../support/requests.ts";
import type { RowCount } from "../support/statements.ts";
import { countRows } from "../support/statements.ts";
import {
  expectSoundLedger,
  HOUR,
  idempotencyKey,
  inside,
  reference,
  request,
  rowsOf,
  START,
  settle,
  signature,
  someOwner,
  useClock,
} from "../support/wallet.ts";

const MAX_READ = 8;
const MAX_WRITTEN = 5;

const SOON = START + 30 * DAY;
const LATER = START + 60 * DAY;

const clock = useClock();

/**
 * A wallet that holds 1 000 of every unit given, in two lots each. Its entries are as many as
 * asked for, an hour old, and published.
 */
async function walletWith(entries: number, units: readonly Unit[]): Promise<Owner> {
  clock.now = START;
  const owner = someOwner();
  await inside(owner, (wallet) => {
    const live = (body: CommandRequest): void => {
      wallet.execute(owner, "live", body);
    };
    for (const unit of units) {
      live(request(earn(500, SOON, unit)));
      live(request(earn(500, LATER, unit)));
    }
    for (let i = 2 * units.length; i < entries; i += 1) {
      const command = i % 2 === 0 ? earn(100, SOON) : redeem(100);
      const guard = i % 3 === 0 ? idempotencyKey(`earlier ${i}`) : signature(`earlier ${i}`);
      live(request(command, { reference: reference(`earlier ${i >> 1}`, command.kind), guard }));
    }
  });
  await settle(owner);
  clock.now = START + HOUR;
  return owner;
}

/** The command with a reference and a signature of that name. */
function signed(name: string, command: Command): CommandRequest {
  return request(command, { reference: reference(name, command.kind), guard: signature(name) });
}

type Call = (wallet: Wallet, owner: Owner) => unknown;

const live =
  (body: CommandRequest): Call =>
  (wallet, owner) =>
    wallet.execute(owner, "live", body);

/** Calls in this order; the second lot of {@link walletWith} stays untouched. */
function callsOn(unit: Unit): Readonly<Record<string, Call>> {
  const once = signed("once", earn(100, SOON, unit));
  const alone = request(earn(100, SOON, unit), { guard: signature("alone") });
  const key = request(earn(100, SOON, unit), {
    reference: reference("key"),
    guard: idempotencyKey("key"),
  });
  return {
    "earn that sets the alarm": live(once),
    "the same earn again": live(once),
    "the same earn, signed anew": live({ ...once, guard: signature("anew") }),
    "earn with a signature alone": live(alone),
    "earn with an idempotency key": live(key),
    "earn that opens a lot": live(signed("lot", earn(50, START + DAY, unit))),
    "redeem that empties a lot": live(signed("empty", redeem(50, unit))),
    "redeem of a part of a lot": live(signed("part", redeem(100, unit))),
    "refused redeem": live(signed("much", redeem(1_000_000, unit))),
    "a bound signature": (wallet, owner) => wallet.bind(owner, "live", signature("bound")),
    view: (wallet, owner) => wallet.view(owner, LATER),
  };
}

/** Makes the calls one after another and counts the rows of each. */
function countEach(owner: Owner, unit: Unit): Promise<Record<string, RowCount>> {
  return inside(owner, (wallet, state) => {
    const counts: Record<string, RowCount> = {};
    for (const [name, call] of Object.entries(callsOn(unit))) {
      counts[name] = countRows(state.storage, () => call(wallet, owner));
    }
    return counts;
  });
}

function expectWithinLimits(counts: Record<string, RowCount>): void {
  for (const [name, { read, written }] of Object.entries(counts)) {
    if (!/earn|redeem/.test(name)) continue;
    expect.soft(read, `${name}: rows read`).toBeLessThanOrEqual(MAX_READ);
    expect.soft(written, `${name}: rows written`).toBeLessThanOrEqual(MAX_WRITTEN);
  }
}

describe("the rows that a call reads and writes", () => {
  it("are the same after 10 entries and after 10 000", { timeout: 60_000 }, async () => {
    const few = await walletWith(10, ["point"]);
    const many = await walletWith(10_000, ["point"]);
    const afterFew = await countEach(few, "point");
    expect(await countEach(many, "point")).toEqual(afterFew);
    expectWithinLimits(afterFew);
    expect(await rowsOf(many, "SELECT MAX(seq) AS seq FROM entries")).toEqual([{ seq: 10_006 }]);
    await expectSoundLedger(few);
    await expectSoundLedger(many);
  });

  it("do not grow with what has expired before, for a reversal after expiry", async () => {
    const counts: RowCount[] = [];
    for (const earlier of [2, 60]) {
      clock.now = START;
      const owner = someOwner();
      await inside(owner, (wallet) => {
        for (let day = 1; day <= earlier; day += 1) {
          wallet.execute(owner, "live", request(earn(10, START + day * DAY)));
        }
      });
      clock.now = START + 100 * DAY;
      await settle(owner);
      const count = await inside(owner, (wallet, state) => {
        wallet.view(owner, 0);
        const body = signed("late", reverse(1));
        return countRows(state.storage, () => wallet.execute(owner, "live", body));
      });
      counts.push(count);
      await expectSoundLedger(owner);
    }
    expect(counts[1]).toEqual(counts[0]);
  });

  it("stay within the limits for every unit of a wallet that holds them all", async () => {
    for (const unit of UNITS) {
      const owner = await walletWith(10, UNITS);
      const counts = await countEach(owner, unit);
      expectWithinLimits(counts);
    }
  });

  it("stay within the limits for the first earn of all, which claims the wallet", async () => {
    const owner = someOwner();
    const first = signed("first", earn(100, SOON));
    const count = await inside(owner, (wallet, state) => {
      migrate(state.storage);
      return countRows(state.storage, () => wallet.execute(owner, "live", first));
    });
    expectWithinLimits({ "first earn": count });
    expect(count.written).toBe(MAX_WRITTEN);
  });

  it("are none written by a repeat or a view", async () => {
    const { "the same earn again": repeat, view } = await countEach(
      await walletWith(10, ["point"]),
      "point",
    );
    expect(repeat?.written).toBe(0);
    expect(view?.written).toBe(0);
  });
});
