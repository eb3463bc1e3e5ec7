import type { CommandRequest, Guard } from "../core/commands.ts";
import type { Decision } from "../core/decide.ts";
import { assertDecision, decide } from "../core/decide.ts";
import type { Receipt } from "../core/entries.ts";
import type { LoyaltyError } from "../core/errors.ts";
import { recognise, recogniseGuard } from "../core/repeats.ts";
import type { Result } from "../core/result.ts";
import { err, ok } from "../core/result.ts";
import type { WalletReader } from "./reader.ts";
import type { WalletWriter } from "./writer.ts";

/** `live` keeps what a command did; `test` decides all the same and keeps nothing. */
export type Mode = "live" | "test";

/** What a command came to. */
export interface Outcome {
  readonly receipt: Receipt;
  /** Whether this is the first answer of an earlier command. */
  readonly repeated: boolean;
}

/** {@link execute}'s answer, with the decision that was stored, if any. */
export interface Execution {
  readonly answer: Result<Outcome | null, LoyaltyError>;
  readonly stored: Decision | null;
}

/**
 * Recognises a repeat or decides and stores a command. Everything that it reads and writes is
 * synchronous; the caller runs it inside one storage transaction.
 */
export function execute(
  reader: WalletReader,
  writer: WalletWriter,
  request: CommandRequest,
  clock: number,
): Execution {
  const recognition = recognise(request, reader.past(request.reference, request.guard), clock);
  if (recognition.kind === "repeat") {
    return { answer: ok({ receipt: recognition.receipt, repeated: true }), stored: null };
  }
  if (recognition.kind === "refused") return { answer: err(recognition.error), stored: null };
  const ledger = reader.ledger();
  const decided = decide(ledger, request, clock);
  if (!decided.ok) {
    if (request.guard !== null) writer.keepRefusal(request.guard, decided.error, clock);
    return { answer: decided, stored: null };
  }
  const decision = decided.value;
  if (decision.entries.length === 0) return { answer: ok(null), stored: null };
  assertDecision(ledger.head, decision, request.program);
  writer.store(decision, request);
  const { receipt } = decision;
  return {
    answer: ok(receipt === null ? null : { receipt, repeated: false }),
    stored: decision,
  };
}

/** Binds a guard for a write that is booked elsewhere; the error when it is bound otherwise. */
export function bindGuard(
  reader: WalletReader,
  writer: WalletWriter,
  guard: Guard,
  clock: number,
): LoyaltyError | null {
  const recognition = recogniseGuard(guard, reader.past(null, guard), clock);
  if (recognition?.kind === "refused") return recognition.error;
  if (recognition === null) writer.keepRefusal(guard, null, clock);
  return null;
}

/** Carries a finished answer out of a transaction that must not keep anything. */
class RolledBack<T> {
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }
}

/**
 * Runs `work` in one synchronous storage transaction. In `test` mode the same work is done and
 * then rolled back: this is the wallet's whole knowledge of sandbox calls.
 */
export function transact<T>(storage: DurableObjectStorage, mode: Mode, work: () => T): T {
  if (mode === "live") return storage.transactionSync(work);
  try {
    storage.transactionSync(() => {
      throw new RolledBack(work());
    });
  } catch (thrown) {
    if (thrown instanceof RolledBack) return thrown.value as T;
    throw thrown;
  }
  throw new Error("a test transaction must roll back");
}
