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

  /** Forgets the values of that kind, whatever their names. */
  forgetWhere(matches: (value: T) => boolean): void {
    for (const [name, { value }] of this.#kept) if (matches(value)) this.#kept.delete(name);
  }
}

/** Forgets all that the isolate remembers, as if it had just started. */
export function forgetAll(): void {
  for (const forget of forgetting) forget();
}
