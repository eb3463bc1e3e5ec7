import type { LoyaltyError } from "../../../core/errors.ts";
import { invalid } from "../../../core/errors.ts";
import type { Result } from "../../../core/result.ts";
import { err } from "../../../core/result.ts";
import type { Http } from "../../../http/request.ts";
import { logUnexpected } from "../../../http/request.ts";
import { decodeUtf8 } from "../../../http/wire/body.ts";
import type { Context } from "../../../services/context.ts";
import type { Imported } from "../../../services/customers/import.ts";
import { importCustomer } from "../../../services/customers/import.ts";
import { readText } from "../calls.ts";
import { internalProblem, problem, problemOf } from "../errors.ts";
import { toImportInput } from "../mapping.ts";
import { importSchema, MAX_IMPORT_BYTES, MAX_IMPORT_LINES } from "../schemas.ts";

const TOO_MANY = invalid("", "too_many_lines", `must have at most ${MAX_IMPORT_LINES} lines`);

/** Lines that are worked on at once. */
const CONCURRENCY = 20;
/** Characters of one line; what is longer fails by itself. */
const MAX_LINE = 65_536;
/** Bytes that so many characters may take. */
const MAX_LINE_BYTES = 4 * MAX_LINE;
const NEWLINE = 0x0a;
const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * Answers an import: one JSON line per line sent, in their order, while they are still coming in.
 * A line that fails leaves the others alone; a line beyond the limits ends the import, and the
 * rest can be sent again as it is safe to repeat.
 */
export function importCustomers(http: Http, ctx: Context): Response {
  const declared = Number(http.req.header("content-length") ?? "0");
  if (declared > MAX_IMPORT_BYTES) {
    return problem(http, { code: "body_too_large", limit: MAX_IMPORT_BYTES });
  }
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const source = http.req.raw.body ?? new Blob([]).stream();
  ctx.defer(pump(http, ctx, source, writable.getWriter()));
  return new Response(readable, {
    headers: { "Content-Type": "application/x-ndjson; charset=utf-8" },
  });
}

async function pump(
  http: Http,
  ctx: Context,
  source: ReadableStream<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
): Promise<void> {
  const encoder = new TextEncoder();
  const send = (outcomes: readonly object[]): Promise<void> =>
    writer.write(encoder.encode(outcomes.map((line) => `${JSON.stringify(line)}\n`).join("")));
  try {
    let number = 0;
    for await (const batch of batches(source)) {
      const outcomes = batch.map(async (line, i) => importLine(http, ctx, number + i + 1, line));
      await send(await Promise.all(outcomes));
      number += batch.length;
    }
    await writer.close();
  } catch (error) {
    logUnexpected(ctx.requestId, error);
    await writer.abort(error).catch(() => undefined);
  }
}

/** One line as bytes, or why the import ends here. */
type Line = Uint8Array | LoyaltyError;

async function* batches(source: ReadableStream<Uint8Array>): AsyncGenerator<Line[]> {
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

async function importLine(
  http: Http,
  ctx: Context,
  line: number,
  content: Line,
): Promise<Record<string, unknown>> {
  try {
    const imported = await importContent(ctx, content);
    if (imported.ok) {
      return { line, outcome: imported.value.outcome, customer: imported.value.id };
    }
    return { line, outcome: "failed", error: problemOf(imported.error) };
  } catch (error) {
    logUnexpected(ctx.requestId, error);
    return { line, outcome: "failed", error: await internalProblem(http).json() };
  }
}

async function importContent(ctx: Context, line: Line): Promise<Result<Imported, LoyaltyError>> {
  if (!(line instanceof Uint8Array)) return err(line);
  const text = line.length > MAX_LINE_BYTES ? null : decodeUtf8(line);
  const isLong = text === null ? line.length > MAX_LINE_BYTES : text.length > MAX_LINE;
  if (isLong) return invalid("", "too_long", `must be at most ${MAX_LINE} long`);
  if (text === null) return err({ code: "invalid_json" });
  const wire = readText(text, importSchema);
  if (!wire.ok) return wire;
  const input = toImportInput(wire.value, ctx.principal.merchant);
  return input.ok ? importCustomer(ctx, input.value) : input;
}
