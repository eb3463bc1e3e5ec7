/** Deliveries that one object has under way at once: as many connections as the platform allows. */
export const LANE_WIDTH = 6;
/** Objects that send for one endpoint at most, its own among them. */
export const MAX_LANES = 32;
/** There become more of them when something that could be sent has waited so long. */
export const PATIENCE_MS = 5_000;
/** Their number doubles at most once in so long. */
export const GROWTH_MS = 500;
/** There is one again when there was nothing to do for so long. */
export const IDLE_MS = 30_000;

/**
 * The objects that send for an endpoint, by number: 0 is its own, the others only send for it. The
 * lowest with room is used, so that what is not needed sleeps.
 */
export class Lanes {
  #count = 1;
  readonly #loads: number[] = [];
  #grownAt = Number.NEGATIVE_INFINITY;
  #idleSince: number | null = null;

  /** How many there are now. */
  get count(): number {
    return this.#count;
  }

  /** The lane that has room; null when none has. */
  room(): number | null {
    for (let lane = 0; lane < this.#count; lane += 1) {
      if ((this.#loads[lane] ?? 0) < LANE_WIDTH) return lane;
    }
    return null;
  }

  /** Notes that a delivery begins in a lane. */
  begin(lane: number): void {
    this.#loads[lane] = (this.#loads[lane] ?? 0) + 1;
  }

  /** Notes that a delivery in a lane ended. */
  end(lane: number): void {
    this.#loads[lane] = (this.#loads[lane] ?? 1) - 1;
  }

  /** Doubles their number when what has no room waits since too long ago; whether it did. */
  grow(waitingSince: number, now: number): boolean {
    if (this.#count >= MAX_LANES || now - waitingSince < PATIENCE_MS) return false;
    if (now - this.#grownAt < GROWTH_MS) return false;
    this.#grownAt = now;
    this.#count = Math.min(2 * this.#count, MAX_LANES);
    return true;
  }

  /** Tells whether there is something to do; when there was nothing for long, one lane is left. */
  notice(idle: boolean, now: number): void {
    if (this.#idleSince !== null && now - this.#idleSince >= IDLE_MS) this.#count = 1;
    this.#idleSince = idle ? (this.#idleSince ?? now) : null;
  }
}
