import type { Money, Unit } from "../../src/core/amount.ts";
import { BUILT_IN_UNITS } from "../../src/core/amount.ts";
import { followingUlid, makeId } from "../../src/core/ids.ts";
import type { BillCommand, Command, CommandRequest } from "../../src/core/ledger/commands.ts";
import type { BillLine, LotChange, VoucherGrant } from "../../src/core/ledger/entries.ts";
import { NEVER } from "../../src/core/ledger/entries.ts";
import type { Program } from "../../src/core/program/program.ts";
import { DEFAULT_PROGRAM } from "../../src/core/program/program.ts";
import type { Purchase } from "../../src/core/purchases/purchase.ts";
import { BY_PROGRAM } from "../../src/core/purchases/purchase.ts";

export const START = Date.UTC(2026, 0, 1);
export const DAY = 86_400_000;

/** Every built-in unit, and one that a programme may define. */
export const UNITS = [...BUILT_IN_UNITS, "own:mile"] as const satisfies readonly Unit[];

/** The business day of a command that does not say otherwise. */
export const TODAY = "2026-01-01";

/** ULID of a command that does not say otherwise. */
export const COMMAND_ID = "01K3Q8Z0V4N6W2R8T000000000";

/**
 * The programme of a request that names none: a tenth of a point per currency unit, to a tenth, so
 * that a cent earns a smallest step.
 */
export const PLAIN_PROGRAM: Program = {
  ...DEFAULT_PROGRAM,
  earning: { rate: 100_000, rounding: "floor", step: 100 },
};

/** A programme like the plain one but for what is given. */
export function program(given: Partial<Program> = {}): Program {
  return { ...PLAIN_PROGRAM, ...given };
}

export const TIERS: Program["tiers"] = [
  { name: "Bronze", from: 0, multiplier: 1_000_000, benefits: [] },
  { name: "Silver", from: 10_000, multiplier: 1_500_000, benefits: ["free delivery"] },
  { name: "Gold", from: 50_000, multiplier: 2_000_000, benefits: [] },
];

/** A request like that of a till which says nothing but the command. */
export function requestFor(command: Command, given: Partial<CommandRequest> = {}): CommandRequest {
  return {
    id: COMMAND_ID,
    command,
    program: PLAIN_PROGRAM,
    occurredAt: null,
    reference: null,
    guard: null,
    source: { dialect: "native", key: "key_1", site: "sit_1", staff: null },
    remarks: {},
    ...given,
  };
}

export function earn(amount: number, expiresAt = NEVER, unit: Unit = "point"): Command {
  return { kind: "earn", unit, grant: { amount }, expiresAt };
}

/** Earns by a purchase; `amount` in cents. */
export function buy(amount: number, expiresAt = NEVER): Command {
  const purchase = { amount, currency: "EUR" };
  return { kind: "earn", unit: "point", grant: { purchase, day: TODAY }, expiresAt };
}

/** Records a bill; `amount` in cents. */
export function bill(
  amount: number,
  expiresAt = NEVER,
  lines: readonly BillLine[] = [],
  given: Partial<Pick<BillCommand, "base" | "stamps" | "vouchers" | "earning" | "day">> = {},
): BillCommand {
  const purchase = { amount, currency: "EUR" };
  return { kind: "bill", number: "B-1", purchase, lines, day: TODAY, expiresAt, ...given };
}

/** A purchase that earns by the programme, all of it, if nothing else is said. */
export function purchaseOf(total: Money, given: Partial<Purchase> = {}): Purchase {
  return { total, base: total, lines: [], earning: BY_PROGRAM, day: TODAY, ...given };
}

/** So many vouchers that a bill may grant. */
export function vouchers(count: number): VoucherGrant[] {
  return Array.from({ length: count }, (_, i) => ({
    id: makeId("vou", followingUlid(COMMAND_ID, i)),
    series: makeId("vse", COMMAND_ID),
    kind: "amount",
    code: `vQbduaCKGx${String(i).padStart(2, "0")}`,
    validFrom: "2026-01-01",
    validUntil: null,
  }));
}

export function redeem(amount: number, unit: Unit = "point"): Command {
  return { kind: "redeem", unit, amount };
}

export function adjust(amount: number, expiresAt = NEVER, unit: Unit = "point"): Command {
  return { kind: "adjust", unit, amount, expiresAt };
}

export function reverse(seq: number): Command {
  return { kind: "reverse", seq };
}

/** Takes the bill back that the entry with that number records. */
export function voidBill(seq: number, expiresAt = NEVER): Command {
  return { kind: "void", seq, expiresAt };
}

export function open(lots: readonly LotChange[], earned: number, unit: Unit = "point"): Command {
  return { kind: "open", unit, lots, earned };
}

export const EXPIRE: Command = { kind: "expire" };
