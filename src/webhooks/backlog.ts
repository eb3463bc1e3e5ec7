/** A delivery that waits. */
export interface Waiting {
  readonly event: string;
  /** Whose events are sent one after the other; null where the order does not matter. */
  readonly customer: string | null;
  /** When it came, or when its retry was due; milliseconds since the epoch. */
  readonly since: number;
}

/** Where waiting deliveries are kept. */
export interface WaitingStore {
  /** The first that were never tried, in the order of the feed. */
  fresh(limit: number): readonly Waiting[];
  /** The first whose retry is due. */
  due(now: number, limit: number): readonly Waiting[];
  /** When the next retry after `now` is due; null when there is none. */
  nextAt(now: number): number | null;
}

/** Waiting deliveries that are read at once. */
export const STEP = 500;
/** So many are in memory at most, should those of a few customers stand in the way of others. */
export const MAX_READ = 16_000;

/** The first of what waits, as far as it was read. */
class Window {
  #waiting: Map<string, Waiting> = new Map();
  /** Whether that is all: what came before the object began must be read first. */
  #complete: boolean;
  readonly #read: (limit: number) => readonly Waiting[];

  constructor(complete: boolean, read: (limit: number) => readonly Waiting[]) {
    this.#complete = complete;
    this.#read = read;
  }

  get isEmpty(): boolean {
    return this.#complete && this.#waiting.size === 0;
  }

  values(): Iterable<Waiting> {
    return this.#waiting.values();
  }

  add(added: readonly Waiting[]): void {
    if (!this.#complete) return;
    if (this.#waiting.size + added.length > MAX_READ) this.#complete = false;
    else for (const waiting of added) this.#waiting.set(waiting.event, waiting);
  }

  remove(event: string): void {
    this.#waiting.delete(event);
  }

  /** There is something that was not read. */
  reopen(): void {
    this.#complete = false;
  }

  /** Reads on, further than before if what was read is not used up; whether there is more now. */
  widen(begun: ReadonlyMap<string, Waiting>): boolean {
    if (this.#complete) return false;
    const before = this.#waiting.size;
    if (2 * before > MAX_READ) return false;
    const limit = Math.max(2 * before, STEP) + begun.size;
    const rows = this.#read(limit);
    this.#complete = rows.length < limit;
    const left = rows.filter(({ event }) => !begun.has(event));
    this.#waiting = new Map(left.map((waiting) => [waiting.event, waiting]));
    return this.#waiting.size > before;
  }
}

/**
 * What waits to be sent and what is under way. A customer's events are tried one after the other
 * in the order of the feed; one that failed waits for its retry without holding up those after it.
 */
export class Backlog {
  readonly #store: WaitingStore;
  readonly #fresh: Window;
  readonly #due: Window;
  readonly #begun = new Map<string, Waiting>();
  readonly #busy = new Set<string>();
  /** When a retry is due that was not looked at yet. */
  #dueAt: number | null;

  constructor(store: WaitingStore) {
    this.#store = store;
    this.#fresh = new Window(false, (limit) => store.fresh(limit));
    this.#due = new Window(true, (limit) => store.due(Date.now(), limit));
    this.#dueAt = store.nextAt(0);
    this.#fresh.widen(this.#begun);
  }

  /** Whether nothing is under way and nothing could be. */
  get isIdle(): boolean {
    return this.#begun.size === 0 && this.#fresh.isEmpty && this.#due.isEmpty;
  }

  /** When the next retry is due; null when none is known. */
  get dueAt(): number | null {
    return this.#dueAt;
  }

  /** Takes what was never tried. */
  add(added: readonly Waiting[]): void {
    this.#fresh.add(added);
  }

  /** A delivery is due at a moment. */
  retryAt(at: number): void {
    if (this.#dueAt === null || at < this.#dueAt) this.#dueAt = at;
  }

  /** What can be sent now, first what was never tried; its taker begins it or stops asking. */
  *candidates(now: number): Iterable<Waiting> {
    yield* this.#free(this.#fresh);
    if (this.#dueAt !== null && this.#dueAt <= now) {
      this.#due.reopen();
      this.#dueAt = this.#store.nextAt(now);
    }
    yield* this.#free(this.#due);
  }

  *#free(window: Window): Iterable<Waiting> {
    do {
      for (const waiting of window.values()) {
        if (waiting.customer === null || !this.#busy.has(waiting.customer)) yield waiting;
      }
    } while (window.widen(this.#begun));
  }

  /** A delivery is under way: nothing else of its customer is, until it ends. */
  begin(waiting: Waiting): void {
    this.#fresh.remove(waiting.event);
    this.#due.remove(waiting.event);
    this.#begun.set(waiting.event, waiting);
    if (waiting.customer !== null) this.#busy.add(waiting.customer);
  }

  /** A delivery is not under way any more. */
  end({ event, customer }: Waiting): void {
    this.#begun.delete(event);
    if (customer !== null) this.#busy.delete(customer);
  }
}
