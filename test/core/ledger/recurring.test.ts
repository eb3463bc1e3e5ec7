import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyOfStored, storedReference } from "../../../src/core/ledger/commands.ts";
import { holdingOf, NEVER } from "../../../src/core/ledger/entries.ts";
import { pointsForPurchase } from "../../../src/core/purchases/earning.ts";
import { accept, carryOutOnce, lotsOf, MemoryLedger } from "../../support/ledger.ts";
import {
  DAY,
  program,
  purchaseOf,
  requestFor,
  START,
  TIERS,
  TODAY,
} from "../../support/requests.ts";

function bill(amount: number) {
  const purchase = { amount, currency: "EUR" };
  const when = { day: TODAY, expiresAt: NEVER };
  return { kind: "bill", number: "INV-1", purchase, lines: [], ...when } as const;
}

const tiered = program({ tiers: TIERS });

describe("a bill under a number that recurs", () => {
  const sent = (amount: number) =>
    requestFor(bill(amount), {
      reference: {
        operation: "bill",
        key: "INV-1",
        fingerprint: String(amount),
        repeatWithinMs: DAY,
      },
    });
  const seqOf = (ledger: MemoryLedger, amount: number, clock: number): unknown => {
    const done = carryOutOnce(ledger, sent(amount), clock);
    return done.ok ? done.value?.seq : done.error;
  };

  it("repeats with the same content within its time, to the millisecond", () => {
    const ledger = new MemoryLedger();
    expect(seqOf(ledger, 500, START)).toBe(1);
    expect(seqOf(ledger, 500, START + DAY - 1)).toBe(1);
    expect(seqOf(ledger, 500, START + DAY)).toBe(3);
    expect(seqOf(ledger, 500, START + 2 * DAY - 1)).toBe(3);
  });

  it("is simply new with other content, and refuses nothing", () => {
    const ledger = new MemoryLedger();
    expect([500, 600, 500, 600].map((amount) => seqOf(ledger, amount, START))).toEqual([
      1, 3, 1, 3,
    ]);
  });

  it("is stored with operation and content, and shown as the till sent it", () => {
    const one = { operation: "bill", key: "INV-1", fingerprint: "5", repeatWithinMs: DAY };
    const others = [one, { ...one, operation: "redeem" }, { ...one, fingerprint: "6" }];
    expect(new Set(others.map(storedReference)).size).toBe(3);
    expect(others.map((other) => keyOfStored(storedReference(other)))).toEqual([
      "INV-1",
      "INV-1",
      "INV-1",
    ]);
    const lasting = { operation: "earn", key: "INV-1", fingerprint: "5" };
    expect(storedReference(lasting)).toBe("INV-1");
  });
});

describe("any row of bills", () => {
  it("earns what the same purchases earn, and keeps balance, lots and entries equal", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000), { maxLength: 8 }), (purchases) => {
        const ledger = new MemoryLedger();
        let earned = 0;
        for (const amount of purchases) {
          earned += pointsForPurchase(tiered, purchaseOf({ amount, currency: "EUR" }), earned) ?? 0;
          accept(ledger, bill(amount), START, { program: tiered });
        }
        expect(holdingOf(ledger.head, "point")).toMatchObject({ balance: earned, earned });
        expect(ledger.entries.reduce((sum, { amount }) => sum + amount, 0)).toBe(earned);
        expect(lotsOf(ledger).reduce((sum, [, amount]) => sum + amount, 0)).toBe(earned);
      }),
    );
  });

  it("is no upgrade when the rules have become stricter meanwhile", () => {
    const ledger = new MemoryLedger();
    accept(ledger, bill(60_000), START, { program: tiered });
    const stricter = program({ tiers: TIERS.map((tier) => ({ ...tier, from: tier.from * 2 })) });
    const { receipt } = accept(ledger, bill(0), START, { program: stricter });
    expect(receipt.bill?.upgraded).toBe(false);
  });
});
