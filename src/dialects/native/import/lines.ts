import type { LoyaltyError } from "../../../core/errors.ts";
import { invalid } from "../../../core/errors.ts";

/** Bytes of one import request; larger imports are sent in parts. */
export const MAX_IMPORT_BYTES = 10_485_760;
/** Lines of one import request: each costs a few storage calls, of which a request has many. */
const MAX_IMPORT_LINES = 1_000;

const TOO_MANY = invalid("", "too_many_lines", `must have at most ${MAX_IMPORT_LINES} lines`);

/** Lines that are worked on at once. */
const CONCURRENCY = 20;
/** Characters of one line; what is longer fails by itself. */
export const MAX_LINE = 65_536;
/** Bytes that so many characters may take. */
export const MAX_LINE_BYTES = 4 * MAX_LINE;
const NEWLINE = 0x0a;
const NOTHING: Uint8Array = new Uint8Array(0);

/** One line as bytes, or why the import ends here. */
export type Line = Uint8Array | LoyaltyError;

/** The lines of an import in their order, as many at once as are worked on at once. */
export async function* batches(source: ReadableStream<Uint8Array>): AsyncGenerator<Line[]> {
  let batch: Line[] = [];
  let count = 0;
  for await (const line of lines(source)) {
    count += 1;
    const over = count > MAX_IMPORT_LINES;
    batch.push(over ? TOO_MANY.error : line);
    if (over) break;
    if (batch.length < CONCURRENCY) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The lines that are not blank; the bytes of all are counted, and too many end it. */
async function* lines(source: ReadableStream<Uint8Array>): AsyncGenerator<Line> {
  let rest = NOTHING;
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > MAX_IMPORT_BYTES) {
      yield { code: "body_too_large", limit: MAX_IMPORT_BYTES };
      return;
    }
    let start = 0;
    for (let end = 0; end < chunk.length; end += 1) {
      if (chunk[end] !== NEWLINE) continue;
      const line = end === start ? rest : join(rest, chunk.subarray(start, end));
      rest = NOTHING;
      start = end + 1;
      if (!isBlank(line)) yield line;
    }
    rest = join(rest, chunk.subarray(start));
  }
  if (!isBlank(rest)) yield rest;
}

/** What is already too long need not be kept whole: it fails all the same. */
function join(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.min(head.length + tail.length, MAX_LINE_BYTES + 1));
  whole.set(head.subarray(0, whole.length));
  whole.set(tail.subarray(0, whole.length - head.length), head.length);
  return whole;
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
