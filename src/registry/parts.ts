/** Characters of a bound text: far below the 2 MB that D1 takes, whatever the letters. */
const MAX_CHARS = 1_000_000;

/**
 * Items in parts, each of which is short enough as one bound JSON text, in their order. An item
 * that is longer by itself is a part of its own.
 */
export function textParts<T>(items: readonly T[]): T[][] {
  const parts: T[][] = [];
  let chars = MAX_CHARS;
  for (const item of items) {
    const length = JSON.stringify(item).length + 1;
    if (chars + length > MAX_CHARS) {
      parts.push([]);
      chars = 0;
    }
    parts.at(-1)?.push(item);
    chars += length;
  }
  return parts;
}
