import * as fc from "fast-check";
import type { Unit } from "../../src/core/amount.ts";
import type { CustomerStatus } from "../../src/core/customers.ts";
import type { LoyaltyError } from "../../src/core/errors.ts";
import { followingUlid } from "../../src/core/ids.ts";
import type { Command, CommandRequest } from "../../src/core/ledger/commands.ts";
import type { Decision } from "../../src/core/ledger/decide.ts";
import type { Ledger } from "../../src/core/ledger/draft.ts";
import type { Head, Lot } from "../../src/core/ledger/entries.ts";
import { holdingOf, NEVER } from "../../src/core/ledger/entries.ts";
import type { Program } from "../../src/core/program/program.ts";
import type { Result } from "../../src/core/result.ts";
import { carryOut, MemoryLedger } from "./ledger.ts";
import {
  adjust,
  bill,
  buy,
  COMMAND_ID,
  DAY,
  EXPIRE,
  earn,
  open,
  program,
  redeem,
  requestFor,
  reverse,
  START,
  TIERS,
  voidBill,
  vouchers,
} from "./requests.ts";

/** A text that stands for what a till says about a person: it must not leave the ledger. */
export const PERSONAL = "Ada Lovelace, table 7";

/** Days from the day of the command to the end of the lot; null is never. */
type Life = number | null;

/** What a till wants; it becomes a command when the ledger and the time are known. */
export type Wish =
  | { readonly kind: "earn"; readonly unit: Unit; readonly amount: number; readonly life: Life }
  | { readonly kind: "buy"; readonly amount: number; readonly life: Life }
  | {
      readonly kind: "bill";
      readonly amount: number;
      readonly life: Life;
      /** Part of the amount that counts for no points; a return's amount is negative. */
      readonly exempt: number;
      readonly stamps: { readonly amount: number; readonly life: Life };
      readonly vouchers: number;
    }
  | { readonly kind: "redeem"; readonly unit: Unit; readonly amount: number }
  | { readonly kind: "redeem_all"; readonly unit: Unit }
  | { readonly kind: "adjust"; readonly unit: Unit; readonly amount: number; readonly life: Life }
  | { readonly kind: "reverse"; readonly back: number }
  | { readonly kind: "void"; readonly back: number; readonly life: Life }
  | {
      readonly kind: "open";
      readonly unit: Unit;
      readonly lots: readonly { readonly amount: number; readonly life: Life }[];
      readonly earlier: number;
    }
  | { readonly kind: "expire" }
  | { readonly kind: "status"; readonly status: CustomerStatus };

/** A wish at a time. */
export interface Step {
  /** Milliseconds since the step before; negative where the clock jumps back. */
  readonly wait: number;
  /** How long before the clock it happened at the till; null where the till does not say. */
  readonly lag: number | null;
  readonly wish: Wish;
  /** Which of the scenario's programmes holds. */
  readonly rules: number;
}

/** Some time in the life of a wallet. */
export interface Scenario {
  readonly programs: readonly Program[];
  readonly steps: readonly Step[];
}

const unit = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Unit>("point") },
  { weight: 1, arbitrary: fc.constant<Unit>("stamp") },
  { weight: 1, arbitrary: fc.constant<Unit>("prepaid") },
);
const amount = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 60_000 }) },
);

/** Few different days, so that lots meet; some in the past, as an offline till sends them. */
const life = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.integer({ min: -1, max: 0 }) },
);

const back = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, 40, 1e15, Number.NaN) },
);

const earns = fc.record({ kind: fc.constant("earn" as const), unit, amount, life });
const purchases = fc.record({
  kind: fc.constant("buy" as const),
  amount: fc.integer({ min: 0, max: 30_000 }),
  life,
});
/** Bills with their grants, and returns. */
export const bills = fc
  .record({
    kind: fc.constant("bill" as const),
    amount: fc.integer({ min: -10_000, max: 30_000 }),
    life,
    exempt: fc.nat(10_000),
    stamps: fc.record({ amount: fc.nat(3), life }),
    vouchers: fc.nat(2),
  })
  .map((wish) => ({ ...wish, exempt: Math.min(wish.exempt, Math.abs(wish.amount)) }));
const gifts = fc.record({ kind: fc.constant("adjust" as const), unit, amount, life });
const corrections = fc.record({
  kind: fc.constant("adjust" as const),
  unit,
  amount: amount.map((taken) => -taken),
  life,
});

/** Wishes that add something. */
export const grants: fc.Arbitrary<Wish> = fc.oneof(earns, purchases, gifts);

/** Wishes that a reversal can take back. */
export const reversibleWishes: fc.Arbitrary<Wish> = fc.oneof(
  grants,
  corrections,
  fc.record({ kind: fc.constant("redeem" as const), unit, amount }),
  fc.record({ kind: fc.constant("redeem_all" as const), unit }),
);

/** A change of the customer's status: mostly to active, or there would be little to see. */
export const statuses: fc.Arbitrary<Wish> = fc.record({
  kind: fc.constant("status" as const),
  status: fc.oneof(
    { weight: 5, arbitrary: fc.constant<CustomerStatus>("active") },
    { weight: 2, arbitrary: fc.constantFrom<CustomerStatus>("blocked", "inactive") },
    { weight: 1, arbitrary: fc.constant<CustomerStatus>("erased") },
  ),
});

/** What each status refuses of what is new, written out. */
const REFUSED: Readonly<Record<CustomerStatus, readonly Command["kind"][]>> = {
  active: [],
  blocked: ["earn", "bill", "redeem"],
  inactive: ["earn", "bill", "redeem", "adjust"],
  erased: ["earn", "bill", "redeem", "adjust", "open", "reverse", "void", "status"],
};

/** How a status refuses a command by the rule; null where it does not. */
export function refusedBy(status: CustomerStatus, command: Command): LoyaltyError | null {
  const isReturn = command.kind === "bill" && command.purchase.amount < 0;
  const isClosed = status === "erased";
  const again = command.kind === "status" && command.status === status;
  if (!REFUSED[status].includes(command.kind) || again || (isReturn && !isClosed)) return null;
  const codes = { blocked: "customer_blocked", inactive: "customer_inactive" } as const;
  return { code: status === "blocked" || status === "inactive" ? codes[status] : "erased" };
}

/** Any wish. */
export const wishes: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 6, arbitrary: reversibleWishes },
  { weight: 4, arbitrary: earns },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("reverse" as const), back }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("open" as const),
      unit,
      lots: fc.array(fc.record({ amount, life }), { maxLength: 4 }),
      earlier: fc.nat(500),
    }),
  },
  { weight: 2, arbitrary: bills },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("void" as const), back, life }) },
  { weight: 1, arbitrary: fc.constant({ kind: "expire" as const }) },
);

const wait = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 8 }).map((quarters) => (quarters * DAY) / 4) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 * DAY }) },
  { weight: 1, arbitrary: fc.integer({ min: -DAY, max: -1 }) },
);
const lag = fc.option(fc.integer({ min: -DAY, max: 3 * DAY }));

/** Programmes with and without tiers, debt and rounding to whole points. */
export const programs: fc.Arbitrary<Program> = fc
  .record({
    tiers: fc.constantFrom([], TIERS, TIERS.slice(0, 2)),
    allowDebt: fc.boolean(),
    step: fc.constantFrom(1, 100),
    rounding: fc.constantFrom("floor" as const, "half_up" as const, "ceil" as const),
  })
  .map(({ tiers, allowDebt, step, rounding }) =>
    program({ tiers, allowDebt, earning: { rate: 1_000_000, rounding, step } }),
  );

/** Any time in the life of a wallet under these programmes. */
export function scenarios(
  rules: fc.Arbitrary<readonly Program[]> = fc.array(programs, { minLength: 1, maxLength: 3 }),
): fc.Arbitrary<Scenario> {
  const step = fc.record({ wait, lag, wish: wishes, rules: fc.nat(2) });
  return fc.record({ programs: rules, steps: fc.array(step, { maxLength: 30, size: "max" }) });
}

/** Scenarios in which the merchant never changes the rules. */
export const steadyScenarios: fc.Arbitrary<Scenario> = scenarios(programs.map((one) => [one]));

/** A step as it went. */
export interface Played {
  readonly request: CommandRequest;
  readonly clock: number;
  readonly before: { readonly head: Head; readonly lots: readonly Lot[] };
  readonly result: Result<Decision, LoyaltyError>;
}

/** Lives through a scenario, step by step. */
export function* play(
  scenario: Scenario,
  ledger: MemoryLedger = new MemoryLedger(),
): Generator<Played, void> {
  let clock = START;
  for (const [number, step] of scenario.steps.entries()) {
    clock += step.wait;
    const request = requestOf(scenario, step, { number, ledger, clock });
    const before = { head: ledger.head, lots: ledger.allLots() };
    yield { request, clock, before, result: carryOut(ledger, request, clock) };
  }
}

/** The ledger at the end of a scenario, and the time then. */
export function outcome(scenario: Scenario): { ledger: MemoryLedger; clock: number } {
  const ledger = new MemoryLedger();
  let clock = START;
  for (const played of play(scenario, ledger)) clock = Math.max(played.clock, clock);
  return { ledger, clock };
}

interface Moment {
  /** Number of the request in its scenario. */
  readonly number: number;
  readonly ledger: MemoryLedger;
  readonly clock: number;
}

/** The request that a step makes of its wish; frozen, so that nobody changes it. */
export function requestOf({ programs: rules }: Scenario, step: Step, at: Moment): CommandRequest {
  const { lag: behind, wish } = step;
  return freeze(
    requestFor(commandOf(wish, at.ledger, at.clock), {
      id: followingUlid(COMMAND_ID, at.number * 1_000),
      program: rules[step.rules % rules.length] ?? program(),
      occurredAt: behind === null ? null : at.clock - behind,
      remarks: { description: PERSONAL },
    }),
  );
}

/** The command that a wish comes to. */
export function commandOf(wish: Wish, { head }: Pick<Ledger, "head">, clock: number): Command {
  const end = (days: Life): number =>
    days === null ? NEVER : (Math.floor(clock / DAY) + days) * DAY;
  switch (wish.kind) {
    case "earn":
      return earn(wish.amount, end(wish.life), wish.unit);
    case "buy":
      return buy(wish.amount, end(wish.life));
    case "bill":
      return bill(wish.amount, end(wish.life), [], {
        base: { amount: wish.amount - Math.sign(wish.amount) * wish.exempt, currency: "EUR" },
        stamps: { amount: wish.stamps.amount, expiresAt: end(wish.stamps.life) },
        vouchers: vouchers(wish.vouchers),
      });
    case "redeem":
      return redeem(wish.amount, wish.unit);
    case "redeem_all":
      return redeem(Math.max(1, holdingOf(head, wish.unit).balance), wish.unit);
    case "adjust":
      return adjust(wish.amount, end(wish.life), wish.unit);
    case "reverse":
      return reverse(head.seq - wish.back);
    case "void":
      return voidBill(head.seq - wish.back, end(wish.life));
    case "open":
      return openingOf(
        wish.lots.map((lot) => ({ ...lot, expiresAt: end(lot.life) })),
        wish,
      );
    case "expire":
      return EXPIRE;
    case "status":
      return { kind: "status", status: wish.status };
  }
}

function openingOf(
  lots: readonly { readonly amount: number; readonly expiresAt: number }[],
  wish: { readonly unit: Unit; readonly earlier: number },
): Command {
  const held = lots.reduce((total, lot) => total + lot.amount, 0);
  const changes = lots.map(({ amount: added, expiresAt }) => ({ expiresAt, amount: added }));
  return open(changes, held + wish.earlier, wish.unit);
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}
