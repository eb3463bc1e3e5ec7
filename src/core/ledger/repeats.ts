import type { LoyaltyError } from "../errors.ts";
import type { CommandRequest, Guard, Reference } from "./commands.ts";
import { guardReused } from "./commands.ts";
import type { Receipt } from "./entries.ts";

/** What the ledger kept of an earlier command with the same reference or guard. */
export interface Prior {
  readonly operation: string | null;
  readonly fingerprint: string | null;
  readonly guardKey: string | null;
  readonly guardFingerprint: string | null;
  readonly recordedAt: number;
  readonly receipt: Receipt;
}

/** What was kept of a refused command under its guard. */
export interface Refusal {
  readonly guardFingerprint: string;
  readonly recordedAt: number;
  /** The refusal to repeat; null when only the guard is bound and the command may be retried. */
  readonly error: LoyaltyError | null;
}

/** Earlier commands that a request may be a repeat of. */
export interface Past {
  /** All with the same reference key, of any operation. */
  readonly byReference: readonly Prior[];
  /** The latest that was stored under the same guard. */
  readonly byGuard: Prior | null;
  readonly refusal: Refusal | null;
}

/** Whether a request is new, a repeat with its first answer, or a key used for something else. */
export type Recognition =
  | { readonly kind: "new" }
  | { readonly kind: "repeat"; readonly receipt: Receipt }
  | { readonly kind: "refused"; readonly error: LoyaltyError };

/**
 * Tells a repeat from a new command. The guard is looked at before the reference: a captured
 * signature that turns up on another path is refused whatever else the request says.
 */
export function recognise(request: CommandRequest, past: Past, now: number): Recognition {
  const guarded = request.guard === null ? null : recogniseGuard(request.guard, past, now);
  return guarded ?? recogniseReference(request, past, now);
}

/** What a guard alone tells; null when it was not used before or binds a command to retry. */
export function recogniseGuard(guard: Guard, past: Past, now: number): Recognition | null {
  const holds = (recordedAt: number): boolean => recordedAt + guard.keepMs > now;
  const priors = past.byGuard === null ? past.byReference : [...past.byReference, past.byGuard];
  const guarded = priors.filter((prior) => prior.guardKey === guard.key && holds(prior.recordedAt));
  if (guarded.some((prior) => prior.guardFingerprint !== guard.fingerprint)) {
    return { kind: "refused", error: guardReused(guard) };
  }
  const [first] = guarded;
  if (first !== undefined) return { kind: "repeat", receipt: first.receipt };
  const { refusal } = past;
  if (refusal === null || !holds(refusal.recordedAt)) return null;
  if (refusal.guardFingerprint !== guard.fingerprint) {
    return { kind: "refused", error: guardReused(guard) };
  }
  return refusal.error === null ? null : { kind: "refused", error: refusal.error };
}

function recogniseReference(request: CommandRequest, past: Past, now: number): Recognition {
  const { reference } = request;
  const same = past.byReference.filter((other) => other.operation === reference?.operation);
  if (reference?.repeatWithinMs !== undefined) return recogniseRecurring(reference, same, now);
  const [prior] = same;
  if (reference === null || prior === undefined) return { kind: "new" };
  if (prior.fingerprint === reference.fingerprint) {
    return { kind: "repeat", receipt: prior.receipt };
  }
  return { kind: "refused", error: { code: "reference_reused", reference: reference.key } };
}

/** A number that starts again every day is a repeat only with its content and within its time. */
function recogniseRecurring(
  reference: Reference,
  priors: readonly Prior[],
  now: number,
): Recognition {
  const { fingerprint, repeatWithinMs = 0 } = reference;
  const first = priors.find(
    (prior) => prior.fingerprint === fingerprint && prior.recordedAt + repeatWithinMs > now,
  );
  return first === undefined ? { kind: "new" } : { kind: "repeat", receipt: first.receipt };
}
