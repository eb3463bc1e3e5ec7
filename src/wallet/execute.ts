import type { LoyaltyError } from "../core/errors.ts";
import type { CommandRequest, Guard } from "../core/ledger/commands.ts";
import type { Decision } from "../core/ledger/decide.ts";
import { assertDecision, decide } from "../core/ledger/decide.ts";
import type { Receipt } from "../core/ledger/entries.ts";
import type { Past, Recognition } from "../core/ledger/repeats.ts";
import { recognise, recogniseGuard } from "../core/ledger/repeats.ts";
import type { Mode } from "../core/mode.ts";
import type { Result } from "../core/result.ts";
import { err, ok } from "../core/result.ts";
import type { WalletReader } from "./reader.ts";
import type { WalletWriter } from "./writer.ts";

/** What a command came to. */
export interface Outcome {
  readonly receipt: Receipt;
  /** Whether this is the first answer of an earlier command. */
  readonly repeated: boolean;
}

/** What is known of a command that is not new. */
type Known = Exclude<Recognition, { readonly kind: "new" }>;

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
  const past = reader.past(request.reference, request.guard);
  const recognition = recognise(request, past, clock);
  if (recognition.kind !== "new") {
    bindNewGuard(writer, request.guard, past, recognition, clock);
    return { answer: answerOf(recognition), stored: null };
  }
  const ledger = reader.ledger();
  const decided = decide(ledger, request, clock);
  if (!decided.ok) {
    if (request.guard !== null) writer.keepRefusal(request.guard, decided.error, clock);
    return { answer: decided, stored: null };
  }
  const decision = decided.value;
  const { receipt } = decision;
  // There is no entry to carry it.
  if (receipt === null && request.guard !== null) writer.keepRefusal(request.guard, null, clock);
  if (decision.entries.length === 0) return { answer: ok(null), stored: null };
  assertDecision(ledger.head, decision, request.program);
  writer.store(decision, request);
  return {
    answer: ok(receipt === null ? null : { receipt, repeated: false }),
    stored: decision,
  };
}

/** {@link execute} for one after another, up to the first that is refused. */
export function executeAll(
  reader: WalletReader,
  writer: WalletWriter,
  requests: readonly CommandRequest[],
  clock: number,
): readonly Execution[] {
  const done: Execution[] = [];
  for (const request of requests) {
    const execution = execute(reader, writer, request, clock);
    done.push(execution);
    if (!execution.answer.ok) break;
  }
  return done;
}

/** The answer to a command that was booked before or whose keys were. */
function answerOf(recognition: Known): Result<Outcome, LoyaltyError> {
  if (recognition.kind === "refused") return err(recognition.error);
  return ok({ receipt: recognition.receipt, repeated: true });
}

/**
 * A till that sends a command again may sign it anew. The reference tells the repeat, but no entry
 * carries the new guard: it is bound by itself, or it could still be turned to another path.
 */
function bindNewGuard(
  writer: WalletWriter,
  guard: Guard | null,
  past: Past,
  recognition: Known,
  clock: number,
): void {
  if (guard === null || recogniseGuard(guard, past, clock) !== null) return;
  writer.keepRefusal(guard, recognition.kind === "refused" ? recognition.error : null, clock);
}

/** Binds a guard for a write that is booked elsewhere; the error when it is bound otherwise. */
export function bindGuard(
  reader: WalletReader,
  writer: WalletWriter,
  guard: Guard,
  clock: number,
): LoyaltyError | null {
  const past = { ...reader.past(null, guard), byGuard: reader.recent(guard, clock) };
  const recognition = recogniseGuard(guard, past, clock);
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
