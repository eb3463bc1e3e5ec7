import { describe, expect, it } from "vitest";
import type { CommandRequest, Guard } from "../../src/core/ledger/commands.ts";
import type { Wallet } from "../../src/wallet/object.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { DAY, EXPIRE, earn, open, redeem, reverse } from "../support/requests.ts";
import { failAt, StorageFailure } from "../support/statements.ts";
import {
  book,
  contentOf,
  dumpStorage,
  expectSoundLedger,
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

type Call = (wallet: Wallet, owner: Owner) => unknown;

const live =
  (body: CommandRequest): Call =>
  (wallet, owner) =>
    wallet.execute(owner, "live", body);

const bind =
  (guard: Guard): Call =>
  (wallet, owner) =>
    wallet.bind(owner, "live", guard);

/** Three lots, of which one is due when the calls are made, and two references. */
async function preparedWallet(): Promise<Owner> {
  clock.now = START;
  const owner = someOwner();
  await book(owner, earn(500, START + HOUR));
  await book(owner, earn(700, START + 2 * DAY), { reference: reference("known") });
  await book(owner, earn(900, START + 3 * DAY), { reference: reference("other") });
  await book(owner, redeem(100));
  clock.now = START + 2 * HOUR;
  return owner;
}

const keys = { reference: reference("new"), guard: signature("new") };

const calls: Readonly<Record<string, Call>> = {
  "an earn that reaches a tier": live(
    request(earn(20_000, START + DAY), { ...keys, program: TIER_PROGRAM }),
  ),
  "a redeem of two lots": live(request(redeem(1_000), { guard: idempotencyKey("new") })),
  "a reversal": live(request(reverse(2), keys)),
  "an opening": live(request(open([{ amount: 5, expiresAt: START + DAY }], 7, "stamp"), keys)),
  "an expiry": live(request(EXPIRE)),
  "a refusal that is kept": live(request(redeem(9_999), { guard: idempotencyKey("new") })),
  "a repeat that is signed anew": live(
    request(earn(700), { reference: reference("known"), guard: signature("new") }),
  ),
  "a bound signature": bind(signature("new")),
};

/** Fails every statement of the call in turn; answers how many there were. */
async function failEach(owner: Owner, call: Call): Promise<number> {
  return inside(owner, async (wallet, { storage }) => {
    const before = await dumpStorage(storage);
    for (let n = 1; ; n += 1) {
      const failed = failure(() => failAt(storage, n, () => call(wallet, owner)));
      if (failed === null) return n - 1;
      expect(failed).toBeInstanceOf(StorageFailure);
      expect(await dumpStorage(storage), `after a failure of statement ${n}`).toBe(before);
    }
  });
}

function failure(work: () => unknown): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error;
  }
}

describe("a command of which a statement fails", () => {
  it.each(Object.entries(calls))(
    "leaves nothing behind and can be sent again: %s",
    async (_name, call) => {
      const owner = await preparedWallet();
      const statements = await failEach(owner, call);
      expect(statements).toBeGreaterThanOrEqual(3);
      await expectSoundLedger(owner);
      const unharmed = await preparedWallet();
      await inside(unharmed, (wallet) => call(wallet, unharmed));
      expect(await contentOf(owner)).toEqual(await contentOf(unharmed));
    },
  );

  it("leaves no owner behind when it was the first", async () => {
    const owner = someOwner();
    const first = request(earn(100, START + DAY), keys);
    const statements = await failEach(owner, live(first));
    expect(statements).toBeGreaterThanOrEqual(5);
    await expectSoundLedger(owner);
    const other = someOwner();
    const stranger = { ...other, merchant: "mer_stranger" };
    await inside(other, (wallet, { storage }) => {
      const early = failure(() =>
        failAt(storage, 2, () => wallet.execute(stranger, "live", first)),
      );
      expect(early).toBeInstanceOf(StorageFailure);
      expect(wallet.execute(other, "live", first)).toMatchObject({ ok: true });
    });
  });

  it("keeps nothing in test mode either, and throws as live would", async () => {
    const owner = await preparedWallet();
    await inside(owner, async (wallet, { storage }) => {
      const before = await dumpStorage(storage);
      const body = request(redeem(1_000), keys);
      for (let n = 1; n <= 5; n += 1) {
        const failed = failure(() => failAt(storage, n, () => wallet.execute(owner, "test", body)));
        expect(failed).toBeInstanceOf(StorageFailure);
      }
      expect(await dumpStorage(storage)).toBe(before);
    });
  });
});

const broken = "CREATE TRIGGER broken BEFORE INSERT ON lots BEGIN SELECT RAISE(ABORT, 'full'); END";

describe("a database that refuses a write", () => {
  it("leaves the entry out that was written before, and works once it is mended", async () => {
    const owner = await preparedWallet();
    await inside(owner, async (wallet, { storage }) => {
      storage.sql.exec(broken);
      const before = await dumpStorage(storage);
      const body = request(earn(5, START + 9 * DAY), keys);
      expect(() => wallet.execute(owner, "live", body)).toThrow("full");
      expect(await dumpStorage(storage)).toBe(before);
      storage.sql.exec("DROP TRIGGER broken");
      expect(wallet.execute(owner, "live", body)).toMatchObject({
        ok: true,
        value: { repeated: false },
      });
    });
    await expectSoundLedger(owner);
  });
});
