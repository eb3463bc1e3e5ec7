/** What a one-time password is for; one that was sent for a login spends no points. */
export type Purpose = "redeem" | "login";

/** How long a one-time password is good. */
export const LIFETIME_MS = 300_000;
/** Wrong tries after which it is good no more. */
export const MAX_TRIES = 5;
/** One-time passwords that one subject is sent within {@link SENDING_MS}. */
export const MAX_SENDS = 5;
/** See {@link MAX_SENDS}. */
export const SENDING_MS = 3_600_000;

/** The password that is out; plain, so that it can be stored. */
export interface Challenge {
  /** Keyed hash of the code: the code itself is kept nowhere. */
  readonly hash: string;
  readonly purpose: Purpose;
  readonly expiresAt: number;
  readonly tries: number;
}

/** All that is kept of one subject. */
export interface SubjectState {
  /** When passwords were sent, oldest first; only what still counts. */
  readonly sends: readonly number[];
  readonly challenge: Challenge | null;
}

/** A subject that was never sent anything. */
export const UNSENT: SubjectState = { sends: [], challenge: null };

/** What asking for a new password comes to. */
export interface Issue {
  /** Null when it was refused. */
  readonly state: SubjectState | null;
  /** After a refusal: milliseconds until the next may be sent. */
  readonly retryAfterMs: number;
}

/** Issues a password, which replaces the one before; refused beyond {@link MAX_SENDS}. */
export function issue(
  state: SubjectState,
  wanted: { readonly hash: string; readonly purpose: Purpose },
  now: number,
): Issue {
  const sends = state.sends.filter((at) => at + SENDING_MS > now);
  const [oldest = now] = sends;
  if (sends.length >= MAX_SENDS) return { state: null, retryAfterMs: oldest + SENDING_MS - now };
  const challenge = { ...wanted, expiresAt: now + LIFETIME_MS, tries: 0 };
  return { state: { sends: [...sends, now], challenge }, retryAfterMs: 0 };
}

/**
 * Judges a try. A right one uses the password up; a wrong one counts, and the last that is allowed
 * ends it. With a purpose, a password that was sent for another is wrong.
 */
export function judge(
  state: SubjectState,
  attempt: { readonly hash: string; readonly purpose: Purpose | null },
  now: number,
): { readonly right: boolean; readonly state: SubjectState } {
  const { challenge } = state;
  if (challenge === null || challenge.expiresAt <= now) {
    return { right: false, state: { ...state, challenge: null } };
  }
  const fits = attempt.purpose === null || attempt.purpose === challenge.purpose;
  if (equalInConstantTime(attempt.hash, challenge.hash) && fits) {
    return { right: true, state: { ...state, challenge: null } };
  }
  const tries = challenge.tries + 1;
  const left = tries < MAX_TRIES ? { ...challenge, tries } : null;
  return { right: false, state: { ...state, challenge: left } };
}

/** When nothing of a subject is worth keeping any more. */
export function forgottenAt({ sends }: SubjectState): number {
  return (sends.at(-1) ?? 0) + SENDING_MS;
}

/** Compares two texts of one length; the time tells nothing of where they differ. */
function equalInConstantTime(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let i = 0; i < left.length; i += 1) difference |= left.charCodeAt(i) ^ right.charCodeAt(i);
  return difference === 0;
}
