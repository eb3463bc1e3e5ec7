import { DurableObject } from "cloudflare:workers";
import type { Purpose, SubjectState } from "./challenge.ts";
import { forgottenAt, issue, judge, UNSENT } from "./challenge.ts";

const STATE = "state";

/**
 * The one-time passwords of one subject (a merchant's mobile number). Reads and writes without an
 * await between, so that of two tries at once each counts and a right password is right once.
 */
export class OneTimePassword extends DurableObject<Env> {
  /** Notes a password that is about to be sent; answers the milliseconds to wait, 0 when it may. */
  async issue(hash: string, purpose: Purpose): Promise<number> {
    const { state, retryAfterMs } = issue(this.#state(), { hash, purpose }, Date.now());
    if (state === null) return retryAfterMs;
    this.#keep(state);
    await this.ctx.storage.setAlarm(forgottenAt(state));
    return 0;
  }

  /** Whether a try is right; it is used up then. */
  verify(hash: string, purpose: Purpose | null): boolean {
    const before = this.#state();
    const { right, state } = judge(before, { hash, purpose }, Date.now());
    if (before.challenge !== state.challenge) this.#keep(state);
    return right;
  }

  /** Nothing is worth keeping: the object's storage goes away. */
  override async alarm(): Promise<void> {
    const due = forgottenAt(this.#state());
    if (due > Date.now()) await this.ctx.storage.setAlarm(due);
    else await this.ctx.storage.deleteAll();
  }

  #state(): SubjectState {
    return this.ctx.storage.kv.get<SubjectState>(STATE) ?? UNSENT;
  }

  #keep(state: SubjectState): void {
    this.ctx.storage.kv.put(STATE, state);
  }
}
