import { describe, expect, it } from "vitest";
import type { CustomerStatus } from "../../../src/core/customers.ts";
import { CUSTOMER_STATUSES } from "../../../src/core/customers.ts";
import type { Command } from "../../../src/core/ledger/commands.ts";
import { refusalOf, requireActive } from "../../../src/core/ledger/status.ts";
import { refusedBy } from "../../support/commands.ts";
import { carryOut, MemoryLedger } from "../../support/ledger.ts";
import {
  adjust,
  bill,
  buy,
  EXPIRE,
  earn,
  open,
  redeem,
  requestFor,
  reverse,
  START,
  voidBill,
} from "../../support/requests.ts";

const become = (status: CustomerStatus): Command => ({ kind: "status", status });

const COMMANDS: Readonly<Record<string, Command>> = {
  "an earn": earn(100),
  "an earn of a purchase": buy(100),
  "a bill": bill(100),
  "a return": bill(-100),
  "a spending": redeem(1),
  "a correction that adds": adjust(5),
  "a correction that takes": adjust(-5),
  "a reversal": reverse(1),
  "a void": voidBill(1),
  "an opening": open([{ expiresAt: START * 2, amount: 5 }], 5),
  "an expiry": EXPIRE,
};

/** A ledger with points, whose customer then is in that status. */
function ledgerOf(status: CustomerStatus): MemoryLedger {
  const ledger = new MemoryLedger();
  for (const command of [earn(1_000), bill(1_000), become(status)]) {
    expect(carryOut(ledger, requestFor(command), START).ok).toBe(true);
  }
  return ledger;
}

describe("a customer's status", () => {
  const cases = CUSTOMER_STATUSES.flatMap((status) =>
    Object.entries(COMMANDS).map(([what, command]) => ({ status, what, command })),
  );

  it.each(cases)("$status rules $what", ({ status, command }) => {
    const ledger = ledgerOf(status);
    const before = structuredClone(ledger.entries);
    const refusal = refusedBy(status, command);
    expect(refusalOf(ledger.head, command)).toEqual(refusal);
    if (refusal === null) return;
    const answer = carryOut(ledger, requestFor(command), START);
    expect(answer).toEqual({ ok: false, error: refusal });
    expect(ledger.entries).toEqual(before);
  });

  it.each(["blocked", "inactive"] as const)(
    "%s can be taken back, and all is as before",
    (status) => {
      const ledger = ledgerOf(status);
      expect(carryOut(ledger, requestFor(become("active")), START).ok).toBe(true);
      expect(carryOut(ledger, requestFor(redeem(1)), START).ok).toBe(true);
      expect(ledger.head.holdings.point?.balance).toBe(1_999);
    },
  );

  it("is booked once: what it is already books nothing", () => {
    const ledger = ledgerOf("blocked");
    const { seq } = ledger.head;
    const again = carryOut(ledger, requestFor(become("blocked")), START);
    expect(again).toMatchObject({ ok: true, value: { entries: [], receipt: null } });
    expect(ledger.head.seq).toBe(seq);
  });

  it("erased is for good", () => {
    const ledger = ledgerOf("erased");
    for (const status of ["active", "blocked", "inactive"] as const) {
      expect(carryOut(ledger, requestFor(become(status)), START)).toEqual({
        ok: false,
        error: { code: "erased" },
      });
    }
  });

  it("moves nothing, and every later entry keeps it", () => {
    const ledger = ledgerOf("blocked");
    const entry = ledger.entries.at(-1);
    expect(entry).toMatchObject({ kind: "status", amount: 0, lots: [] });
    expect(carryOut(ledger, requestFor(adjust(5)), START).ok).toBe(true);
    expect(ledger.head.status).toBe("blocked");
  });

  it("refuses by the same codes where no wallet is asked", () => {
    expect(CUSTOMER_STATUSES.map(requireActive)).toEqual([
      { ok: true, value: null },
      { ok: false, error: { code: "customer_inactive" } },
      { ok: false, error: { code: "customer_blocked" } },
      { ok: false, error: { code: "erased" } },
    ]);
  });
});
