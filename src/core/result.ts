/**
 * An expected outcome as a value. A plain object, so that it crosses RPC unchanged. Expected
 * failures are `err`; only the unexpected throws.
 */
export type Result<T, E> = { readonly ok: true; readonly value: T } | Failure<E>;

/** The failed half of a {@link Result}. */
export interface Failure<E> {
  readonly ok: false;
  readonly error: E;
}

/** Wraps a success. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** Wraps an expected failure. */
export function err<E>(error: E): Failure<E> {
  return { ok: false, error };
}
