interface Kept<T> {
  readonly value: T;
  readonly until: number;
}

/** Each clears one memory. */
const forgetting: (() => void)[] = [];

/**
 * What an isolate keeps between requests, so that it need not ask storage again: values by name,
 * each until a moment. A full one starts anew, which costs less than to know what was used last.
 * A memory lives as long as its isolate; make one per module, never one per request.
 */
export class Memory<T> {
  readonly #limit: number;
  readonly #kept = new Map<string, Kept<T>>();

  constructor(limit: number) {
    this.#limit = limit;
    forgetting.push(() => this.forget());
  }

  /** What is known under the name at that moment; undefined when nothing is. */
  recall(name: string, now: number): T | undefined {
    const kept = this.#kept.get(name);
    return kept !== undefined && kept.until > now ? kept.value : undefined;
  }

  /** Keeps a value up to, not at, that moment; as long as the isolate lives if none is said. */
  remember(name: string, value: T, until = Number.POSITIVE_INFINITY): T {
    if (this.#kept.size >= this.#limit) this.#kept.clear();
    this.#kept.set(name, { value, until });
    return value;
  }

  /** Forgets everything, so that what the isolate itself changed is seen at once. */
  forget(): void {
    this.#kept.clear();
  }

  /** Forgets what is known under the name. */
  drop(name: string): void {
    this.#kept.delete(name);
  }

  /** Forgets the values of that kind, whatever their names. */
  forgetWhere(matches: (value: T) => boolean): void {
    for (const [name, { value }] of this.#kept) if (matches(value)) this.#kept.delete(name);
  }
}

/**
 * What look-ups found, and apart from it the names under which there was nothing: whoever makes
 * names up pushes out none of those that are somebody's. A null is nothing that was found.
 */
export class Findings<T extends string | object> {
  readonly #found: Memory<T>;
  readonly #missed: Memory<null>;

  constructor(limit: number) {
    this.#found = new Memory(limit);
    this.#missed = new Memory(limit);
  }

  /** See {@link Memory.recall}; null where it is known that there is nothing. */
  recall(name: string, now: number): T | null | undefined {
    return this.#found.recall(name, now) ?? this.#missed.recall(name, now);
  }

  /** Whether there was something when the name was looked up last, however long ago. */
  knew(name: string): boolean {
    return this.#found.recall(name, Number.NEGATIVE_INFINITY) !== undefined;
  }

  /** See {@link Memory.remember}. */
  remember<V extends T | null>(name: string, value: V, until: number): V {
    const found: T | null = value;
    if (found === null) {
      this.#found.drop(name);
      this.#missed.remember(name, null, until);
    } else {
      this.#missed.drop(name);
      this.#found.remember(name, found, until);
    }
    return value;
  }

  /** See {@link Memory.forget}. */
  forget(): void {
    this.#found.forget();
    this.#missed.forget();
  }

  /** See {@link Memory.forgetWhere}. */
  forgetWhere(matches: (value: T) => boolean): void {
    this.#found.forgetWhere(matches);
  }
}

/** Forgets all that the isolate remembers, as if it had just started. */
export function forgetAll(): void {
  for (const forget of forgetting) forget();
}
