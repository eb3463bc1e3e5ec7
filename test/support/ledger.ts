import type { Unit } from "../../src/core/amount.ts";
import type { LoyaltyError } from "../../src/core/errors.ts";
import type {
  Command,
  CommandRequest,
  Guard,
  Reference,
  VoidCommand,
} from "../../src/core/ledger/commands.ts";
import type { Decision } from "../../src/core/ledger/decide.ts";
import { assertDecision, decide } from "../../src/core/ledger/decide.ts";
import type { Ledger } from "../../src/core/ledger/draft.ts";
import type { Entry, Head, Lot, Receipt } from "../../src/core/ledger/entries.ts";
import { billIdOf, DEBT, EMPTY_HEAD, holdingOf } from "../../src/core/ledger/entries.ts";
import type { Past, Prior, Refusal } from "../../src/core/ledger/repeats.ts";
import { recognise } from "../../src/core/ledger/repeats.ts";
import type { Result } from "../../src/core/result.ts";
import { err, ok } from "../../src/core/result.ts";
import { requestFor, START, UNITS } from "./requests.ts";

interface Booked {
  readonly request: CommandRequest;
  readonly receipt: Receipt;
}

/** A wallet's ledger in plain arrays. Refuses to store what the wallet's database would refuse. */
export class MemoryLedger implements Ledger {
  head: Head = EMPTY_HEAD;
  readonly entries: Entry[] = [];
  readonly #booked: Booked[] = [];
  readonly #refusals = new Map<string, Refusal>();
  #lots: readonly Lot[] = [];

  *lots(unit: Unit): Iterable<Lot> {
    yield* this.#lots.filter((lot) => lot.unit === unit);
  }

  lotAmount(unit: Unit, expiresAt: number): number {
    const lot = this.#lots.find((other) => other.unit === unit && other.expiresAt === expiresAt);
    return lot?.amount ?? 0;
  }

  /** By unit, as the wallet reads them, and not by time. */
  *dueLots(now: number): Iterable<Lot> {
    yield* this.#lots.filter((lot) => lot.expiresAt > DEBT && lot.expiresAt <= now);
  }

  expired(unit: Unit, expiresAt: number): number {
    const lots = this.entries
      .filter((entry) => entry.kind === "expire" && entry.unit === unit)
      .flatMap((entry) => entry.lots);
    const own = lots.filter((lot) => lot.expiresAt === expiresAt);
    return own.reduce((all, lot) => all - lot.amount, 0);
  }

  entry(seq: number): Entry | null {
    return this.entries.find((entry) => entry.seq === seq) ?? null;
  }

  correction(seq: number): Entry | null {
    return this.entries.findLast((entry) => entry.corrects === seq) ?? null;
  }

  allLots(): readonly Lot[] {
    return this.#lots;
  }

  /** Applies a decision; the lots change by the sum of what its entries did to them. */
  store(decision: Decision, request: CommandRequest): void {
    const last = decision.entries.at(-1);
    if (last === undefined) return;
    this.entries.push(...decision.entries);
    this.head = last.after;
    const { receipt } = decision;
    if (receipt !== null) this.#booked.push({ request, receipt });
    this.#lots = UNITS.flatMap((unit) => this.#lotsAfter(unit, decision));
    const unsound = this.#lots.find((lot) => lot.amount < 0 !== (lot.expiresAt === DEBT));
    if (unsound !== undefined) throw new Error(`no such lot can be: ${JSON.stringify(unsound)}`);
  }

  #lotsAfter(unit: Unit, decision: Decision): Lot[] {
    const amounts = new Map<number, number>();
    const changes = decision.entries.filter((entry) => entry.unit === unit);
    for (const lot of [...this.lots(unit), ...changes.flatMap((entry) => entry.lots)]) {
      amounts.set(lot.expiresAt, (amounts.get(lot.expiresAt) ?? 0) + lot.amount);
    }
    return [...amounts]
      .filter(([, amount]) => amount !== 0)
      .sort(([one], [other]) => one - other)
      .map(([expiresAt, amount]) => ({ unit, expiresAt, amount }));
  }

  keepRefusal(guard: Guard, error: LoyaltyError, now: number): void {
    const kept = guard.kind === "signature" ? null : error;
    const refusal = { guardFingerprint: guard.fingerprint, recordedAt: now, error: kept };
    this.#refusals.set(guard.key, refusal);
  }

  past(reference: Reference | null, guard: Guard | null): Past {
    const underGuard = this.#booked.filter(({ request }) => request.guard?.key === guard?.key);
    const found = guard === null ? undefined : underGuard.findLast(isFoundByGuard);
    return {
      byReference: this.#booked
        .filter(({ request }) => reference !== null && request.reference?.key === reference.key)
        .map(toPrior),
      byGuard: found === undefined ? null : toPrior(found),
      refusal: guard === null ? null : (this.#refusals.get(guard.key) ?? null),
    };
  }
}

/** A signature beside a reference is not looked up: its repeat is found by the reference. */
function isFoundByGuard({ request: { guard, reference } }: Booked): boolean {
  return guard !== null && (guard.kind === "idempotency_key" || reference === null);
}

function toPrior({ request: { reference, guard }, receipt }: Booked): Prior {
  return {
    operation: reference?.operation ?? null,
    fingerprint: reference?.fingerprint ?? null,
    guardKey: guard?.key ?? null,
    guardFingerprint: guard?.fingerprint ?? null,
    recordedAt: receipt.recordedAt,
    receipt,
  };
}

/** Decides a command, checks the decision and stores it. */
export function carryOut(
  ledger: MemoryLedger,
  request: CommandRequest,
  clock: number,
): Result<Decision, LoyaltyError> {
  const decided = decide(ledger, request, clock);
  if (!decided.ok) return decided;
  assertDecision(ledger.head, decided.value, request.program);
  ledger.store(decided.value, request);
  return decided;
}

/** {@link carryOut} for a request that may be a repeat. */
export function carryOutOnce(
  ledger: MemoryLedger,
  request: CommandRequest,
  clock: number,
): Result<Receipt | null, LoyaltyError> {
  const { guard } = request;
  const recognition = recognise(request, ledger.past(request.reference, guard), clock);
  if (recognition.kind === "repeat") return ok(recognition.receipt);
  if (recognition.kind === "refused") return err(recognition.error);
  const carriedOut = carryOut(ledger, request, clock);
  if (carriedOut.ok) return ok(carriedOut.value.receipt);
  if (guard !== null) ledger.keepRefusal(guard, carriedOut.error, clock);
  return carriedOut;
}

/** Books a command that the ledger must accept. */
export function accept(
  ledger: MemoryLedger,
  command: Command,
  clock = START,
  given: Partial<CommandRequest> = {},
): Decision & { readonly receipt: Receipt } {
  const decided = carryOut(ledger, requestFor(command, given), clock);
  if (!decided.ok) throw new Error(`refused: ${JSON.stringify(decided.error)}`);
  const { receipt } = decided.value;
  if (receipt === null) throw new Error("a command of its own has a receipt");
  return { ...decided.value, receipt };
}

/** The error of a command that the ledger must refuse. */
export function refusal(
  ledger: MemoryLedger,
  command: Command,
  clock = START,
  given: Partial<CommandRequest> = {},
): LoyaltyError {
  const decided = carryOut(ledger, requestFor(command, given), clock);
  if (decided.ok) throw new Error(`accepted: ${JSON.stringify(decided.value.receipt)}`);
  return decided.error;
}

/** Lots of one unit as `[expiresAt, amount]`, soonest first. */
export function lotsOf(ledger: MemoryLedger, unit: Unit = "point"): [number, number][] {
  return [...ledger.lots(unit)].map((lot) => [lot.expiresAt, lot.amount]);
}

/** Balance of one unit. */
export function balanceOf(ledger: MemoryLedger, unit: Unit = "point"): number {
  return holdingOf(ledger.head, unit).balance;
}

/** A ledger on which these commands were booked. */
export function ledgerAfter(...commands: readonly Command[]): MemoryLedger {
  const ledger = new MemoryLedger();
  for (const command of commands) accept(ledger, command);
  return ledger;
}

/** What a bill gave or took that nobody has taken back yet. */
export function undoneBy({ seq }: VoidCommand, entries: readonly Entry[]): Entry[] {
  const bill = entries.find((entry) => entry.seq === seq);
  const own = entries.filter(
    ({ kind, remarks, corrects }) =>
      bill !== undefined &&
      corrects === null &&
      remarks.billId === billIdOf(bill) &&
      (kind === "earn" || kind === "reverse"),
  );
  return own.filter((entry) => !entries.some(({ corrects }) => corrects === entry.seq));
}
