/** One page of a list, newest first. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
  /** Id of the last item when there are more; names the page that follows. */
  readonly next: string | null;
}

/** A page of at most `limit` from rows that were read with one to spare. */
export function pageOf<T extends { readonly id: string }>(
  rows: readonly T[],
  limit: number,
): Page<T> {
  const items = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  return { items, hasMore, next: hasMore ? (items.at(-1)?.id ?? null) : null };
}
