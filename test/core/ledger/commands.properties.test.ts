import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { followingUlid } from "../../../src/core/ids.ts";
import type { CommandRequest } from "../../../src/core/ledger/commands.ts";
import type { Entry } from "../../../src/core/ledger/entries.ts";
import { DEBT, holdingOf, NEVER } from "../../../src/core/ledger/entries.ts";
import { recognise } from "../../../src/core/ledger/repeats.ts";
import type { Wish } from "../../support/commands.ts";
import {
  commandOf,
  grants,
  outcome,
  requestOf,
  reversibleWishes,
  scenarios,
  steadyScenarios,
} from "../../support/commands.ts";
import { balanceOf, carryOut, carryOutOnce, MemoryLedger } from "../../support/ledger.ts";
import { COMMAND_ID, EXPIRE, requestFor, reverse, START, UNITS } from "../../support/requests.ts";

const RUNS = { numRuns: 300 };

/** All that a command can change of a wallet, but for what only remembers that it happened. */
function stateOf(ledger: MemoryLedger) {
  return {
    lots: ledger.allLots(),
    sums: UNITS.map((unit) => holdingOf(ledger.head, unit)),
    tier: ledger.head.tier,
  };
}

/** A wish for a lot that has not expired when it is given. */
const isInTime = (wish: Wish): boolean => !("life" in wish) || wish.life === null || wish.life > 0;

describe("any command and its reversal at the same time", { timeout: 60_000 }, () => {
  it("leave lots and sums exactly as they were", () => {
    const wishes = reversibleWishes.filter(isInTime);
    fc.assert(
      fc.property(steadyScenarios, wishes, (scenario, wish) => {
        const { ledger, clock } = outcome(scenario);
        const [program] = scenario.programs;
        if (program === undefined) throw new Error("a scenario has a programme");
        carryOut(ledger, requestFor(EXPIRE), clock);
        const { lots, sums } = stateOf(ledger);
        const command = requestFor(commandOf(wish, ledger, clock), { program });
        const carriedOut = carryOut(ledger, command, clock);
        if (!carriedOut.ok) return;
        const seq = carriedOut.value.receipt?.seq ?? 0;
        const reversed = carryOut(ledger, requestFor(reverse(seq), { program }), clock);
        expect(reversed).toMatchObject({ ok: true });
        expect(stateOf(ledger)).toMatchObject({ lots, sums });
      }),
      RUNS,
    );
  });

  it("leave the customer in the tier of before", () => {
    fc.assert(
      fc.property(steadyScenarios, grants.filter(isInTime), (scenario, wish) => {
        const { ledger, clock } = outcome(scenario);
        const [program] = scenario.programs;
        if (program === undefined) throw new Error("a scenario has a programme");
        const held = () => ledger.head.tier ?? program.tiers[0]?.name;
        const before = held();
        const given = { program };
        const carriedOut = carryOut(
          ledger,
          requestFor(commandOf(wish, ledger, clock), given),
          clock,
        );
        const seq = carriedOut.ok ? (carriedOut.value.receipt?.seq ?? 0) : 0;
        carryOut(ledger, requestFor(reverse(seq), given), clock);
        expect(held()).toBe(before);
      }),
      RUNS,
    );
  });
});

describe("expiry before a command", { timeout: 60_000 }, () => {
  /** Books what is due at each moment at which something is due, as the alarm does. */
  function ring(ledger: MemoryLedger, until: number): void {
    for (;;) {
      const due = ledger.allLots().filter((lot) => lot.expiresAt > DEBT);
      const next = Math.min(NEVER, ...due.map((lot) => lot.expiresAt));
      if (next > until || next === NEVER) return;
      carryOut(ledger, requestFor(EXPIRE), next);
    }
  }

  /** An entry but for what tells under which command it was booked, and of an expiry when. */
  function told(entry: Entry): unknown {
    const receipt = entry.receipt === null ? null : { ...entry.receipt, entry: "" };
    const unnamed = { ...entry, id: "", receipt, remarks: { ...entry.remarks, billId: "" } };
    if (entry.kind !== "expire") return unnamed;
    return { ...unnamed, recordedAt: 0, after: { ...entry.after, recordedAt: 0 } };
  }

  it("books the same entries as an alarm at each moment", () => {
    fc.assert(
      fc.property(scenarios(), (scenario) => {
        const [lazy, timely] = [new MemoryLedger(), new MemoryLedger()];
        let [clock, latest] = [START, START];
        for (const [number, step] of scenario.steps.entries()) {
          clock += step.wait;
          latest = Math.max(latest, clock);
          ring(timely, latest);
          const request = requestOf(scenario, step, { number, ledger: timely, clock: latest });
          expect(carryOut(lazy, request, latest).ok).toBe(carryOut(timely, request, latest).ok);
        }
        carryOut(lazy, requestFor(EXPIRE), latest);
        expect(lazy.entries.map(told)).toEqual(timely.entries.map(told));
        expect(lazy.allLots()).toEqual(timely.allLots());
      }),
      RUNS,
    );
  });
});

describe("two commands with different keys", { timeout: 60_000 }, () => {
  const named = (key: string, wish: Wish, ledger: MemoryLedger, clock: number): CommandRequest =>
    requestFor(commandOf(wish, ledger, clock), {
      id: followingUlid(COMMAND_ID, key.charCodeAt(0)),
      reference: { operation: "any", key, fingerprint: key },
    });

  /** Wishes whose amount does not hang on the tier, and so not on what was earned before. */
  const gifts = grants.filter((wish) => wish.kind !== "buy" && isInTime(wish));

  it("are both booked in either order when both add, and come to the same", () => {
    fc.assert(
      fc.property(steadyScenarios, gifts, gifts, (scenario, one, other) => {
        const [forth, back] = [["a", "b"] as const, ["b", "a"] as const].map((order) => {
          const { ledger, clock } = outcome(scenario);
          carryOut(ledger, requestFor(EXPIRE), clock);
          const indebted = UNITS.some((unit) => balanceOf(ledger, unit) < 0);
          const wishes = { a: one, b: other };
          for (const key of order) {
            const request = named(key, wishes[key], ledger, clock);
            expect(carryOutOnce(ledger, request, clock)).toMatchObject({ ok: true });
            const recognition = recognise(request, ledger.past(request.reference, null), clock);
            expect(recognition.kind).toBe("repeat");
          }
          // Which of the two lots pays a debt is a matter of order.
          const { lots, sums } = stateOf(ledger);
          return { sums, lots: indebted ? [] : lots };
        });
        expect(back).toEqual(forth);
      }),
      RUNS,
    );
  });

  it("never lose one: what is accepted moves the balance by both amounts", () => {
    fc.assert(
      fc.property(
        scenarios(),
        reversibleWishes.filter(isInTime),
        reversibleWishes.filter(isInTime),
        (scenario, one, other) => {
          const { ledger, clock } = outcome(scenario);
          carryOut(ledger, requestFor(EXPIRE), clock);
          const balances = Object.fromEntries(UNITS.map((unit) => [unit, balanceOf(ledger, unit)]));
          const before = ledger.head.seq;
          const requests = [named("a", one, ledger, clock), named("b", other, ledger, clock)];
          let booked = 0;
          for (const request of requests) {
            const carriedOut = carryOutOnce(ledger, request, clock);
            if (!carriedOut.ok || carriedOut.value === null) continue;
            const { unit, amount } = carriedOut.value;
            balances[unit] = (balances[unit] ?? 0) + amount;
            booked += 1;
          }
          const mains = ledger.entries.filter(({ seq, receipt }) => seq > before && receipt);
          expect(mains).toHaveLength(booked);
          for (const unit of UNITS) expect(balanceOf(ledger, unit)).toBe(balances[unit]);
        },
      ),
      RUNS,
    );
  });
});
