/** A moment as the wire shows it. */
export function timeText(time: number): string {
  return new Date(time).toISOString();
}

/** {@link timeText} of what may not have happened. */
export function optionalTimeText(time: number | null): string | null {
  return time === null ? null : timeText(time);
}

/** When a row came to be and when it was last changed. */
export function stampTexts(row: { readonly createdAt: number; readonly updatedAt: number }): {
  created_at: string;
  updated_at: string;
} {
  return { created_at: timeText(row.createdAt), updated_at: timeText(row.updatedAt) };
}
