import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { Command } from "../../../src/core/ledger/commands.ts";
import { holdingOf, NEVER } from "../../../src/core/ledger/entries.ts";
import { carryOut, MemoryLedger } from "../../support/ledger.ts";
import { adjust, DAY, earn, redeem, requestFor, reverse, START } from "../../support/requests.ts";

let ledger: MemoryLedger;
let now = START;
let sent = 0;

beforeEach(() => {
  ledger = new MemoryLedger();
  now = START;
});

function send(command: Command) {
  sent += 1;
  const id = `01K3Q8Z0V4N6W2R8T0${String(sent).padStart(8, "0")}`;
  return carryOut(ledger, requestFor(command, { id }), now);
}

function part(seq: number, amount: number) {
  return send({ kind: "reverse", seq, amount });
}

const lots = () => ledger.allLots().map(({ expiresAt, amount }) => [expiresAt, amount]);

/** A redemption of 150 from a lot of 100 and one of 200; answers its number. */
function spend(): number {
  send(earn(100, START + DAY));
  send(earn(200, START + 2 * DAY));
  send(redeem(150));
  return ledger.head.seq;
}

describe("a redemption that is taken back in parts", () => {
  it("gives back as if so much less had been spent", () => {
    const seq = spend();
    expect(part(seq, 40)).toMatchObject({ ok: true, value: { receipt: { amount: 40 } } });
    expect(lots()).toEqual([[START + 2 * DAY, 190]]);
    part(seq, 30);
    expect(lots()).toEqual([
      [START + DAY, 20],
      [START + 2 * DAY, 200],
    ]);
    expect(holdingOf(ledger.head, "point")).toEqual({ balance: 220, earned: 300, redeemed: 80 });
  });

  it("tells how much was taken back by now, and is done when nothing is left", () => {
    const seq = spend();
    for (const [amount, takenBack] of [
      [40, 40],
      [30, 70],
    ] as const) {
      expect(part(seq, amount)).toMatchObject({ value: { receipt: { corrects: seq, takenBack } } });
    }
    expect(send(reverse(seq))).toMatchObject({
      value: { receipt: { amount: 80, takenBack: 150 } },
    });
    expect(lots()).toEqual([
      [START + DAY, 100],
      [START + 2 * DAY, 200],
    ]);
    expect(part(seq, 1)).toEqual({ ok: false, error: { code: "already_reversed", seq } });
    expect(send(reverse(seq))).toEqual({ ok: false, error: { code: "already_reversed", seq } });
  });

  it("is refused more than is left of it, and keeps nothing of that", () => {
    const seq = spend();
    part(seq, 100);
    const before = ledger.head;
    expect(part(seq, 51)).toEqual({
      ok: false,
      error: { code: "over_reversed", seq, unit: "point", requested: 51, available: 50 },
    });
    expect(ledger.head).toBe(before);
    expect(part(seq, 50)).toMatchObject({ ok: true });
  });

  it("brings back what has expired meanwhile only to let it expire", () => {
    const seq = spend();
    now = START + DAY + 1;
    part(seq, 120);
    expect(ledger.entries.slice(-2).map(({ kind, amount }) => [kind, amount])).toEqual([
      ["reverse", 120],
      ["expire", -70],
    ]);
    expect(lots()).toEqual([[START + 2 * DAY, 200]]);
  });

  it("answers a reversal of the whole as before", () => {
    const seq = spend();
    const whole = send(reverse(seq));
    expect(whole).toMatchObject({ value: { receipt: { amount: 150, corrects: seq } } });
    expect(whole.ok && whole.value.receipt).not.toHaveProperty("takenBack");
  });

  it.each([earn(100), adjust(100), adjust(-50)])(
    "is not for what is no redemption: %j",
    (command) => {
      send(earn(100, NEVER));
      send(command);
      const { seq } = ledger.head;
      expect(part(seq, 10)).toEqual({ ok: false, error: { code: "not_divisible", seq } });
    },
  );

  it("comes in any parts to what the whole comes to", () => {
    const life = fc.record({
      lots: fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 500 })), {
        minLength: 1,
        maxLength: 6,
      }),
      share: fc.integer({ min: 1, max: 100 }),
      parts: fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 8 }),
    });
    fc.assert(
      fc.property(life, ({ lots: given, share, parts }) => {
        ledger = new MemoryLedger();
        for (const [days, amount] of given) send(earn(amount, START + days * DAY));
        const before = lots();
        const { balance } = holdingOf(ledger.head, "point");
        const spent = Math.max(1, Math.floor((balance * share) / 100));
        send(redeem(spent));
        const { seq } = ledger.head;
        let left = spent;
        for (const amount of parts) {
          const taken = part(seq, amount);
          expect(taken.ok).toBe(amount <= left);
          if (taken.ok) left -= amount;
          expect(holdingOf(ledger.head, "point").balance).toBe(balance - left);
          expect(holdingOf(ledger.head, "point").redeemed).toBe(left);
        }
        if (left > 0) expect(send(reverse(seq)).ok).toBe(true);
        expect(lots()).toEqual(before);
      }),
    );
  });
});
