import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Unit } from "../../../src/core/amount.ts";
import type { LoyaltyErrorCode } from "../../../src/core/errors.ts";
import { eventOf } from "../../../src/core/events/events.ts";
import type { BillCommand } from "../../../src/core/ledger/commands.ts";
import { decide } from "../../../src/core/ledger/decide.ts";
import type { Entry, Head, Lot } from "../../../src/core/ledger/entries.ts";
import { DEBT, holdingOf } from "../../../src/core/ledger/entries.ts";
import type { Program } from "../../../src/core/program/program.ts";
import { pointsForBill, pointsForPurchase } from "../../../src/core/purchases/earning.ts";
import type { Played } from "../../support/commands.ts";
import { outcome, PERSONAL, play, scenarios, steadyScenarios } from "../../support/commands.ts";
import { MemoryLedger, undoneBy } from "../../support/ledger.ts";
import { purchaseOf, UNITS } from "../../support/requests.ts";

const RUNS = { numRuns: 300 };

const total = (lots: readonly { readonly amount: number }[]): number =>
  lots.reduce((sum, lot) => sum + lot.amount, 0);

/** Decides whether a played command must be accepted and what it must move, by plain sums. */
function expectation(
  { request, clock, before }: Played,
  entries: readonly Entry[],
): number | LoyaltyErrorCode {
  const { command, program } = request;
  const now = Math.max(clock, before.head.recordedAt);
  const available = (unit: Unit): number =>
    total(before.lots.filter((lot) => lot.unit === unit && !isDue(lot, now)));
  const spend = (unit: Unit, amount: number): number | LoyaltyErrorCode =>
    amount > available(unit) ? "insufficient_balance" : 0 - amount;
  const due = before.lots.filter((lot) => isDue(lot, now));
  const takeBack = (target: Entry): number | LoyaltyErrorCode =>
    spend(target.unit, target.amount - goneOf(target, entries, due));
  switch (command.kind) {
    case "earn": {
      if ("amount" in command.grant) return command.grant.amount;
      const { earned } = holdingOf(before.head, "point");
      return (
        pointsForPurchase(program, purchaseOf(command.grant.purchase), earned) ?? "balance_limit"
      );
    }
    case "redeem":
      return spend(command.unit, command.amount);
    case "adjust":
      return command.amount < 0 ? spend(command.unit, -command.amount) : command.amount;
    case "open":
      return total(command.lots);
    case "bill": {
      const points = earnedByBill(command, program, before.head);
      if (points === null) return "balance_limit";
      const short = points < 0 && !program.allowDebt && spend("point", -points);
      return typeof short === "string" ? short : 0;
    }
    case "expire":
    case "status":
      return 0;
    case "reverse": {
      const target = entries.find((entry) => entry.seq === command.seq);
      if (target === undefined) return "not_found";
      if (!["earn", "redeem", "adjust"].includes(target.kind)) return "not_found";
      if (entries.some((entry) => entry.corrects === target.seq)) return "already_reversed";
      const taken = target.amount <= 0 || program.allowDebt ? 0 : takeBack(target);
      return typeof taken === "string" ? taken : 0 - target.amount;
    }
    case "void": {
      const target = entries.find((entry) => entry.seq === command.seq);
      if (target?.kind !== "bill") return "not_found";
      if (entries.some((entry) => entry.corrects === target.seq)) return "already_reversed";
      const given = undoneBy(command, entries).filter(({ amount }) => amount > 0);
      const tries = program.allowDebt ? [] : given.map(takeBack);
      return tries.find((one) => typeof one === "string") ?? 0;
    }
  }
}

/** What an entry gave that has expired, and that no reversal has counted as taken before. */
function goneOf({ unit, lots }: Entry, entries: readonly Entry[], due: readonly Lot[]): number {
  const expiries = entries.filter((entry) => entry.kind === "expire" && entry.unit === unit);
  return lots.reduce((all, { expiresAt, amount }) => {
    const dying = due.find((lot) => lot.unit === unit && lot.expiresAt === expiresAt)?.amount ?? 0;
    const gone = dying - total(expiries.filter(({ occurredAt }) => occurredAt === expiresAt));
    return all + Math.min(amount, gone);
  }, 0);
}

/** Points of a bill: its own entry moves nothing. */
function earnedByBill(
  { purchase, base = purchase }: BillCommand,
  program: Program,
  head: Head,
): number | null {
  return pointsForBill(program, purchaseOf(base), holdingOf(head, "point").earned);
}

const isDue = (lot: Lot, now: number): boolean => lot.expiresAt > DEBT && lot.expiresAt <= now;

interface Sums {
  balance: number;
  earned: number;
  redeemed: number;
}

/** Sums of what was accepted, kept beside the ledger. */
class Model {
  readonly #sums = new Map(
    UNITS.map((unit): [Unit, Sums] => [unit, { balance: 0, earned: 0, redeemed: 0 }]),
  );

  #of(unit: Unit): Sums {
    const sums = this.#sums.get(unit);
    if (sums === undefined) throw new Error(`${unit} is no unit of the tests`);
    return sums;
  }

  add({ request, before, result }: Played, moved: number, entries: readonly Entry[]): void {
    if (!result.ok) return;
    for (const entry of result.value.entries) {
      if (entry.kind === "expire") this.#of(entry.unit).balance += entry.amount;
    }
    const { command } = request;
    if (command.kind === "expire" || command.kind === "status") return;
    if (command.kind === "bill") {
      const points = earnedByBill(command, request.program, before.head) ?? 0;
      this.#of("point").balance += points;
      this.#of("point").earned += points;
      this.#of("stamp").balance += command.stamps?.amount ?? 0;
      this.#of("stamp").earned += command.stamps?.amount ?? 0;
      return;
    }
    if (command.kind === "void") {
      for (const { unit, amount } of undoneBy(command, entries)) {
        this.#of(unit).balance -= amount;
        this.#of(unit).earned -= amount;
      }
      return;
    }
    const target =
      command.kind === "reverse" ? entries.find((entry) => entry.seq === command.seq) : undefined;
    const unit = command.kind === "reverse" ? (target?.unit ?? "point") : command.unit;
    const kind = target?.kind ?? command.kind;
    this.#of(unit).balance += moved;
    if (kind === "earn") this.#of(unit).earned += moved;
    if (kind === "redeem") this.#of(unit).redeemed -= moved;
    if (command.kind === "open") this.#of(unit).earned += command.earned;
  }

  expectEqual(head: Head): void {
    for (const unit of UNITS) expect(holdingOf(head, unit)).toEqual(this.#of(unit));
  }
}

describe("any life of a wallet", { timeout: 60_000 }, () => {
  it("keeps balance = sum of entries = sum of lots = sum of what was accepted", () => {
    fc.assert(
      fc.property(scenarios(), (scenario) => {
        const ledger = new MemoryLedger();
        const model = new Model();
        let earlier: readonly Entry[] = [];
        for (const played of play(scenario, ledger)) {
          const expected = expectation(played, earlier);
          const { result } = played;
          if (typeof expected === "number") model.add(played, expected, earlier);
          expect(result.ok ? (result.value.receipt?.amount ?? 0) : result.error.code).toBe(
            expected,
          );
          model.expectEqual(ledger.head);
          for (const unit of UNITS) {
            const { balance } = holdingOf(ledger.head, unit);
            const entries = ledger.entries.filter((entry) => entry.unit === unit);
            expect(total(entries)).toBe(balance);
            expect(total([...ledger.lots(unit)])).toBe(balance);
          }
          earlier = [...ledger.entries];
        }
      }),
      RUNS,
    );
  });

  it("owes only where a programme allowed it, in one lot beside which there is no other", () => {
    fc.assert(
      fc.property(scenarios(), (scenario) => {
        const ledger = new MemoryLedger();
        let allowed = false;
        for (const { request } of play(scenario, ledger)) {
          allowed ||= request.program.allowDebt;
          for (const unit of UNITS) {
            const lots = [...ledger.lots(unit)];
            const debts = lots.filter((lot) => lot.expiresAt === DEBT);
            expect(lots.every((lot) => lot.amount > 0 || lot.expiresAt === DEBT)).toBe(true);
            expect(debts.length === 0 || (allowed && lots.length === 1)).toBe(true);
          }
        }
      }),
      RUNS,
    );
  });

  it("numbers its entries without a gap, each going on from the one before", () => {
    fc.assert(
      fc.property(scenarios(), (scenario) => {
        const { ledger } = outcome(scenario);
        let [seq, recordedAt] = [0, 0];
        const balances: Partial<Record<Unit, number>> = {};
        for (const entry of ledger.entries) {
          seq += 1;
          balances[entry.unit] = (balances[entry.unit] ?? 0) + entry.amount;
          expect([entry.seq, entry.after.seq]).toEqual([seq, seq]);
          expect(entry.amount).toBe(total(entry.lots));
          expect(entry.recordedAt).toBeGreaterThanOrEqual(recordedAt);
          expect(entry.after.recordedAt).toBe(entry.recordedAt);
          expect(entry.occurredAt).toBeLessThanOrEqual(entry.recordedAt);
          for (const unit of UNITS) {
            expect(holdingOf(entry.after, unit).balance).toBe(balances[unit] ?? 0);
          }
          recordedAt = entry.recordedAt;
        }
        expect(ledger.head).toEqual(ledger.entries.at(-1)?.after ?? ledger.head);
        expect(new Set(ledger.entries.map((entry) => entry.id)).size).toBe(seq);
      }),
      RUNS,
    );
  });

  it("is the same again when the same commands are replayed", () => {
    fc.assert(
      fc.property(scenarios(), (scenario) => {
        const [first, second] = [outcome(scenario).ledger, outcome(scenario).ledger];
        expect(second.entries).toEqual(first.entries);
        expect(second.allLots()).toEqual(first.allLots());
        expect(second.head).toEqual(first.head);
      }),
      RUNS,
    );
  });

  it("is changed by what is stored and not by deciding", () => {
    fc.assert(
      fc.property(scenarios(), (scenario) => {
        const ledger = new MemoryLedger();
        for (const { request, clock } of play(scenario, ledger)) {
          const before = JSON.stringify([ledger.head, ledger.entries, ledger.allLots()]);
          const decided = decide(ledger, request, clock);
          expect(decide(ledger, request, clock)).toEqual(decided);
          expect(JSON.stringify([ledger.head, ledger.entries, ledger.allLots()])).toBe(before);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("is not changed by a refused command", () => {
    fc.assert(
      fc.property(scenarios(), (scenario) => {
        const ledger = new MemoryLedger();
        for (const { before, result } of play(scenario, ledger)) {
          if (result.ok) continue;
          expect(ledger.head).toBe(before.head);
          expect(ledger.allLots()).toEqual(before.lots);
        }
      }),
      RUNS,
    );
  });
});

describe("any bill", { timeout: 60_000 }, () => {
  it("is followed by what it earned and granted, and by nothing else of its own", () => {
    fc.assert(
      fc.property(scenarios(), (scenario) => {
        for (const { request, before, result } of play(scenario)) {
          const { command, program } = request;
          if (command.kind !== "bill" || !result.ok) continue;
          const points = earnedByBill(command, program, before.head) ?? 0;
          const { stamps = { amount: 0 }, vouchers = [] } = command;
          const { entries, receipt } = result.value;
          const at = entries.findIndex((entry) => entry.receipt !== null);
          const own = entries
            .slice(at)
            .filter(({ kind }) => kind !== "tier" && kind !== "expire")
            .map(({ kind, unit, amount, remarks }) => [kind, unit, amount, remarks.voucher]);
          expect(own).toEqual([
            ["bill", "point", 0, undefined],
            ...(points > 0 ? [["earn", "point", points, undefined]] : []),
            ...(points < 0 ? [["reverse", "point", points, undefined]] : []),
            ...(stamps.amount === 0 ? [] : [["earn", "stamp", stamps.amount, undefined]]),
            ...vouchers.map((voucher) => ["voucher", "point", 0, voucher]),
          ]);
          const told = receipt?.bill;
          expect([told?.earned, told?.stamps ?? 0]).toEqual([points, stamps.amount]);
          expect(told?.vouchers ?? []).toEqual(vouchers);
        }
      }),
      RUNS,
    );
  });
});

describe("any spending", { timeout: 60_000 }, () => {
  it("takes what expires first, and empties a lot before it touches the next", () => {
    fc.assert(
      fc.property(scenarios(), (scenario) => {
        const ledger = new MemoryLedger();
        for (const { result } of play(scenario, ledger)) {
          const main = result.ok ? result.value.entries.find((entry) => entry.receipt) : undefined;
          if (main?.kind !== "redeem") continue;
          const last = Math.max(...main.lots.map((lot) => lot.expiresAt));
          expect(main.lots.every((lot) => lot.amount < 0 && lot.expiresAt !== DEBT)).toBe(true);
          for (const lot of ledger.lots(main.unit)) {
            expect(lot.expiresAt).toBeGreaterThanOrEqual(last);
          }
        }
      }),
      RUNS,
    );
  });

  it("finds no lot that has expired, and leaves none behind", () => {
    fc.assert(
      fc.property(scenarios(), (scenario) => {
        const ledger = new MemoryLedger();
        for (const { clock, result } of play(scenario, ledger)) {
          if (!result.ok) continue;
          const now = Math.max(clock, ledger.head.recordedAt);
          expect(ledger.allLots().filter((lot) => isDue(lot, now))).toEqual([]);
          const taken = result.value.entries.filter((entry) => entry.kind === "redeem");
          for (const lot of taken.flatMap((entry) => entry.lots)) {
            expect(lot.expiresAt).toBeGreaterThan(now);
          }
        }
      }),
      RUNS,
    );
  });

  it("loses to expiry exactly what was due", () => {
    fc.assert(
      fc.property(scenarios(), (scenario) => {
        for (const { before, clock, result } of play(scenario)) {
          if (!result.ok) continue;
          const now = Math.max(clock, before.head.recordedAt);
          const { entries } = result.value;
          const main = entries.findIndex(
            (entry) => entry.receipt !== null || (entry.kind === "expire" && entry.amount > 0),
          );
          const expired = (main < 0 ? entries : entries.slice(0, main)).map((entry) => ({
            unit: entry.unit,
            expiresAt: entry.occurredAt,
            amount: 0 - entry.amount,
          }));
          const due = before.lots.filter((lot) => isDue(lot, now));
          expect(new Set(expired)).toEqual(new Set(due));
          expect(expired).toHaveLength(due.length);
        }
      }),
      RUNS,
    );
  });
});

describe("any wallet's tier", { timeout: 60_000 }, () => {
  it("is the one that the lifetime points reach, once a command has judged it", () => {
    fc.assert(
      fc.property(steadyScenarios, (scenario) => {
        const ledger = new MemoryLedger();
        for (const { request } of play(scenario, ledger)) {
          const { tiers } = request.program;
          const { earned } = holdingOf(ledger.head, "point");
          const reached =
            tiers.filter((tier) => tier.from <= Math.max(0, earned)).at(-1)?.name ?? null;
          expect(ledger.head.tier ?? tiers[0]?.name ?? null).toBe(reached);
        }
      }),
      RUNS,
    );
  });
});

describe("any wallet's events", { timeout: 60_000 }, () => {
  const subject = { customer: "cus_1", currency: "EUR" };

  it("are one for each entry, numbered without a gap, and carry nothing personal", () => {
    fc.assert(
      fc.property(scenarios(), (scenario) => {
        const { entries } = outcome(scenario).ledger;
        const [rules] = scenario.programs;
        if (rules === undefined) throw new Error("a scenario has a programme");
        const events = entries.map((entry) => eventOf(entry, null, subject, rules));
        expect(events.map((event) => event.sequence)).toEqual(entries.map((_, i) => i + 1));
        expect(new Set(events.map((event) => event.id)).size).toBe(entries.length);
        expect(JSON.stringify(events)).not.toContain(PERSONAL);
      }),
      { numRuns: 100 },
    );
  });
});
