import * as fc from "fast-check";
import type { Unit } from "../../../src/core/amount.ts";
import { MAX_BALANCE } from "../../../src/core/amount.ts";
import type { Command, CommandRequest, Guard } from "../../../src/core/ledger/commands.ts";
import type { BillLine } from "../../../src/core/ledger/entries.ts";
import { DEBT, holdingOf } from "../../../src/core/ledger/entries.ts";
import type { Mode } from "../../../src/core/mode.ts";
import type { Program } from "../../../src/core/program/program.ts";
import type { EarningRule } from "../../../src/core/purchases/purchase.ts";
import { BY_PROGRAM } from "../../../src/core/purchases/purchase.ts";
import { ulid } from "../../../src/ulid.ts";
import type { Wish } from "../../support/commands.ts";
import { bills, commandOf, programs, statuses, wishes } from "../../support/commands.ts";
import { DAY, earn, redeem, reverse, voidBill } from "../../support/requests.ts";
import { HOUR, idempotencyKey, reference, request, signature } from "../../support/wallet.ts";
import type { ModelWallet } from "./wallet.ts";

/** What depends on the wallet by then, beside the wishes of the core's tests. */
type Want =
  | Wish
  /** Redeems a share of what is left, and as much more. */
  | { readonly kind: "spend"; readonly unit: Unit; readonly percent: number; readonly more: number }
  /** Reverses one of the lines that can be. */
  | { readonly kind: "undo"; readonly nth: number }
  /** Reverses a share of a redemption, of which something may be left. */
  | { readonly kind: "refund"; readonly nth: number; readonly percent: number }
  /** Takes one of the bills back that still stand. */
  | { readonly kind: "annul"; readonly nth: number; readonly days: number }
  /** Earns one more than a wallet may hold. */
  | { readonly kind: "flood"; readonly unit: Unit };

/** What a till is about to send; the command follows from it when the wallet's state is known. */
export interface Call {
  readonly mode: Mode;
  readonly want: Want;
  /** Of a bill. */
  readonly lines: readonly BillLine[];
  readonly earning: EarningRule;
  /** How long before the clock it happened; null where the till does not say. */
  readonly lag: number | null;
  readonly reference: { readonly key: string; readonly recurs: boolean } | null;
  /** `signature`, an idempotency key, or nothing. */
  readonly guard: string | null;
}

/** Programmes as the core's tests have them, with a bonus by category. */
export const modelPrograms: fc.Arbitrary<Program> = programs.map((program) => ({
  ...program,
  earning: { ...program.earning, categories: { bar: 500_000, spa: 333_333 } },
}));

/** Some bills earn by the customer's type, and some of those nothing. */
const earningRules = fc.constantFrom<EarningRule>(
  BY_PROGRAM,
  BY_PROGRAM,
  BY_PROGRAM,
  { by: "customer_type", every: 700 },
  { by: "customer_type", every: null },
);

/** Most calls are kept. */
export const modes = fc.constantFrom<Mode>("live", "live", "live", "live", "test");

const units = fc.constantFrom<Unit>("point", "point", "stamp", "prepaid", "own:mile");

const lines: fc.Arbitrary<BillLine[]> = fc.array(
  fc
    .tuple(fc.constantFrom("Bar", " spa ", "shop", null), fc.nat(5_000))
    .map(([category, amount]) => ({ category, sku: null, name: null, quantity: null, amount })),
  { maxLength: 3 },
);

/** Lots of all units that are soon due together. */
const earnings = fc.record({
  kind: fc.constant("earn" as const),
  unit: units,
  amount: fc.integer({ min: 1, max: 99 }),
  life: fc.constantFrom(1, 2, 3),
});
const spendings = fc.record({
  kind: fc.constant("spend" as const),
  unit: units,
  percent: fc.constantFrom(10, 60, 100, 100),
  more: fc.constantFrom(0, 0, 1),
});
const refunds = fc.record({
  kind: fc.constant("refund" as const),
  nth: fc.nat(20),
  percent: fc.constantFrom(1, 20, 40, 70, 100, 130),
});
const undoings = fc.record({ kind: fc.constant("undo" as const), nth: fc.nat(20) });
const annulments = fc.record({
  kind: fc.constant("annul" as const),
  nth: fc.nat(9),
  days: fc.integer({ min: 0, max: 3 }),
});
const floods = fc.record({ kind: fc.constant("flood" as const), unit: units });
const dearPurchase = { kind: "buy", amount: Number.MAX_SAFE_INTEGER, life: 1 } as const;

/** Anything that a till may send. Few different keys, so that they come again. */
export const calls: fc.Arbitrary<Call> = fc.record({
  mode: modes,
  want: fc.oneof(
    { weight: 12, arbitrary: wishes },
    { weight: 8, arbitrary: earnings },
    { weight: 3, arbitrary: bills },
    { weight: 6, arbitrary: spendings },
    { weight: 6, arbitrary: undoings },
    { weight: 6, arbitrary: refunds },
    { weight: 3, arbitrary: annulments },
    { weight: 1, arbitrary: floods },
    { weight: 2, arbitrary: statuses },
    { weight: 1, arbitrary: fc.constant(dearPurchase) },
  ),
  lines,
  earning: earningRules,
  lag: fc.constantFrom(null, null, 1, HOUR, 2 * DAY, -HOUR),
  reference: fc.option(
    fc.record({ key: fc.constantFrom("R1", "R2", "R3", "R4"), recurs: fc.boolean() }),
    { freq: 2 },
  ),
  guard: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 4, arbitrary: fc.constant("signature") },
    { weight: 3, arbitrary: fc.constantFrom("K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8") },
  ),
});

/** What the till sends now. */
export function requestOf(call: Call, model: ModelWallet): CommandRequest {
  const command = commandFor(call, model);
  const content = JSON.stringify(command);
  const given = {
    program: model.ledger.program,
    occurredAt: call.lag === null ? null : model.now - call.lag,
  };
  if (command.kind === "expire") return request(command, given);
  return request(command, {
    ...given,
    reference: call.reference === null ? null : referenceFor(call.reference, command, content),
    guard: call.guard === null ? null : guardFor(call.guard, content),
  });
}

function commandFor({ want, lines: billed, earning }: Call, { ledger, now }: ModelWallet): Command {
  const head = ledger.head();
  switch (want.kind) {
    case "spend": {
      const left = ledger.lots(want.unit).filter(([at]) => at === DEBT || at > now);
      const sum = left.reduce((all, [, amount]) => all + amount, 0);
      return redeem(Math.max(1, Math.ceil((sum * want.percent) / 100) + want.more), want.unit);
    }
    case "undo": {
      const { lines: booked } = ledger;
      const open = booked.flatMap((line, i) =>
        ["earn", "redeem", "adjust"].includes(line.kind) &&
        !booked.some((other) => other.corrects === i + 1)
          ? [i + 1]
          : [],
      );
      return reverse(open[want.nth % open.length] ?? 1);
    }
    case "refund": {
      const spent = ledger.lines.flatMap((line, i) =>
        line.kind === "redeem" ? [{ seq: i + 1, amount: -line.amount }] : [],
      );
      const { seq, amount } = spent[want.nth % spent.length] ?? { seq: 1, amount: 1 };
      return { kind: "reverse", seq, amount: Math.ceil((amount * want.percent) / 100) };
    }
    case "annul": {
      const { bills: all, lines: booked } = ledger;
      const open = [...all.keys()].filter((seq) => !booked.some((one) => one.corrects === seq));
      return voidBill(open[want.nth % open.length] ?? 1, now + want.days * DAY);
    }
    case "flood":
      return earn(MAX_BALANCE + 1 - holdingOf(head, want.unit).earned, now + DAY, want.unit);
    default: {
      const command = commandOf(want, { head }, now);
      if (command.kind !== "bill") return command;
      const sign = command.purchase.amount < 0 ? -1 : 1;
      const own = billed.map((line) => ({ ...line, amount: sign * line.amount }));
      return { ...command, lines: own, earning };
    }
  }
}

function referenceFor(
  { key, recurs }: Call["reference"] & {},
  command: Command,
  content: string,
): CommandRequest["reference"] {
  const named = reference(key, command.kind, content);
  return recurs ? { ...named, repeatWithinMs: DAY } : named;
}

/** Every request has a signature of its own; an idempotency key may come with anything. */
function guardFor(wanted: string, content: string): Guard {
  return wanted === "signature" ? newSignature() : idempotencyKey(wanted, content);
}

/** A signature that nobody has seen. */
export function newSignature(): Guard {
  return signature(ulid());
}
