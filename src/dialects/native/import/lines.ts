import type { LoyaltyError } from "../../../core/errors.ts";

/** Bytes of one import request: what the platform lets in on its smallest plans. */
export const MAX_IMPORT_BYTES = 104_857_600;

/** Lines that are worked on together, and their bytes: a bound text stays far below 2 MB. */
const GROUP_LINES = 750;
const GROUP_BYTES = 300_000;
/** How long lines that are there wait for more to be worked on with. */
const LINGER_MS = 10;
/** Characters of one line; what is longer fails by itself. */
export const MAX_LINE = 65_536;
/** Bytes that so many characters may take. */
export const MAX_LINE_BYTES = 4 * MAX_LINE;
const NEWLINE = 0x0a;
const NOTHING: Uint8Array = new Uint8Array(0);

/** One line that is not blank. */
export interface Line {
  /** Counted from 1, blank ones too. */
  readonly number: number;
  /** Its bytes, or why the import ends here. */
  readonly content: Uint8Array | LoyaltyError;
}

/** The lines of an import in their order, as many together as have come in. */
export async function* groupLines(
  source: ReadableStream<Uint8Array>,
): AsyncGenerator<readonly Line[]> {
  const reader = source.getReader();
  const splitter = new Splitter();
  try {
    for (let next = readNext(reader); ; ) {
      const lingered = splitter.hasLines ? scheduler.wait(LINGER_MS) : next;
      const read = await Promise.race([next, lingered]);
      if (read?.done) break;
      if (read === undefined) yield* splitter.take(1);
      else if (splitter.add(read.value)) next = readNext(reader);
      else break;
      yield* splitter.take(GROUP_LINES);
    }
    splitter.end();
    yield* splitter.take(1);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** The next read; that it may fail is told to whoever waits for it. */
function readNext(reader: ReadableStreamDefaultReader<Uint8Array>) {
  const read = reader.read();
  read.catch(() => undefined);
  return read;
}

/** Cuts chunks into lines; too many bytes end it. */
class Splitter {
  #lines: Line[] = [];
  #rest = NOTHING;
  #size = 0;
  #number = 1;
  #isFull = false;

  get hasLines(): boolean {
    return this.#lines.length > 0;
  }

  /** Whether more may come. */
  add(chunk: Uint8Array): boolean {
    this.#size += chunk.length;
    if (this.#size > MAX_IMPORT_BYTES) {
      const content = { code: "body_too_large", limit: MAX_IMPORT_BYTES } as const;
      this.#lines.push({ number: this.#number, content });
      this.#isFull = true;
      return false;
    }
    let start = 0;
    for (let end = 0; end < chunk.length; end += 1) {
      if (chunk[end] !== NEWLINE) continue;
      if (end > start || this.#rest.length > 0) this.#endLine(chunk.subarray(start, end));
      this.#number += 1;
      start = end + 1;
    }
    if (start < chunk.length) this.#rest = join(this.#rest, chunk.subarray(start));
    return true;
  }

  /** What was not ended by a line end is a line as well. */
  end(): void {
    if (!this.#isFull) this.#endLine(NOTHING);
  }

  /** Groups of the lines, as long as there are so many. */
  *take(atLeast: number): Generator<readonly Line[]> {
    for (;;) {
      let bytes = 0;
      const over = this.#lines.findIndex(({ content }, i) => {
        bytes += content instanceof Uint8Array ? content.length : 0;
        return i >= GROUP_LINES || (i > 0 && bytes > GROUP_BYTES);
      });
      if (over === -1 && this.#lines.length < atLeast) return;
      if (this.#lines.length === 0) return;
      yield this.#lines.splice(0, over === -1 ? this.#lines.length : over);
    }
  }

  #endLine(tail: Uint8Array): void {
    const content = this.#rest.length === 0 ? tail : join(this.#rest, tail);
    this.#rest = NOTHING;
    if (!isBlank(content)) this.#lines.push({ number: this.#number, content });
  }
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
