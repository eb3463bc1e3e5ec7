import type { LoyaltyError } from "../../../src/core/errors.ts";
import type { CommandRequest, Guard, Reference } from "../../../src/core/ledger/commands.ts";
import type { Mode } from "../../../src/core/mode.ts";
import type { Program } from "../../../src/core/program/program.ts";
import type { Result } from "../../../src/core/result.ts";
import { err, ok } from "../../../src/core/result.ts";
import { ModelLedger } from "./ledger.ts";
import type { ModelReceipt } from "./lines.ts";

/** What a wallet must answer. */
export type Answer = Result<{ receipt: ModelReceipt; repeated: boolean } | null, LoyaltyError>;

/** How a reference or a guard was used last. */
interface Use {
  readonly fingerprint: string;
  readonly at: number;
  /** What its repeat is answered; null when it is only bound. */
  readonly answer: Answer | null;
}

/**
 * What a wallet must do, said anew in the plainest way: all in memory, each command carried out on
 * a copy that is kept or thrown away. Shares no rule with the code that it judges.
 */
export class ModelWallet {
  /** The time that wallets see; it never runs back here. */
  now: number;
  ledger: ModelLedger;
  readonly #uses = new Map<string, Use>();

  constructor(program: Program, now: number) {
    this.now = now;
    this.ledger = new ModelLedger(program);
  }

  /** Answers a request; only `live` leaves anything behind. */
  execute(mode: Mode, request: CommandRequest): Answer {
    const { guard, reference } = request;
    const guarded = guard === null ? null : this.#guarded(guard);
    if (guarded !== null) return guarded;
    const known = reference === null ? null : this.#referred(reference);
    const tried = this.ledger.copy();
    const answer = known ?? asAnswer(tried.obey(request, this.now));
    if (mode === "test") return answer;
    const isNew = known === null && answer.ok;
    if (isNew) this.ledger = tried;
    const repeat = isNew && answer.value !== null ? ok({ ...answer.value, repeated: true }) : null;
    if (reference !== null && repeat !== null) this.#use(nameOf(reference), reference, repeat);
    const refusal = !answer.ok && guard?.kind === "idempotency_key" ? answer : null;
    if (guard !== null) this.#use(guard.key, guard, repeat ?? refusal);
    return answer;
  }

  /** Binds a guard; the error when it stands for something else. */
  bind(mode: Mode, guard: Guard): LoyaltyError | null {
    const known = this.#guarded(guard);
    if (known === null && mode === "live") this.#use(guard.key, guard, null);
    return known === null || known.ok ? null : known.error;
  }

  #use(name: string, { fingerprint }: Guard | Reference, answer: Answer | null): void {
    this.#uses.set(name, { fingerprint, at: this.now, answer });
  }

  #guarded(guard: Guard): Answer | null {
    const use = this.#uses.get(guard.key);
    if (use === undefined || use.at + guard.keepMs <= this.now) return null;
    if (use.fingerprint === guard.fingerprint) return use.answer;
    const isKey = guard.kind === "idempotency_key";
    return err({ code: isKey ? "idempotency_key_reused" : "signature_reused" });
  }

  #referred(reference: Reference): Answer | null {
    const { key, fingerprint, repeatWithinMs = Number.POSITIVE_INFINITY } = reference;
    const use = this.#uses.get(nameOf(reference));
    if (use === undefined || use.at + repeatWithinMs <= this.now) return null;
    if (use.fingerprint === fingerprint) return use.answer;
    return err({ code: "reference_reused", reference: key });
  }
}

function asAnswer(result: Result<ModelReceipt | null, LoyaltyError>): Answer {
  if (!result.ok) return result;
  return ok(result.value === null ? null : { receipt: result.value, repeated: false });
}

/** A number that starts again stands for its content only. */
function nameOf({ operation, key, fingerprint, repeatWithinMs }: Reference): string {
  return JSON.stringify([operation, key, repeatWithinMs === undefined ? null : fingerprint]);
}
