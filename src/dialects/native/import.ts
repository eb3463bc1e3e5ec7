import type { LoyaltyError } from "../../core/errors.ts";
import { invalid } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err } from "../../core/result.ts";
import type { Http } from "../../http/request.ts";
import { logUnexpected } from "../../http/request.ts";
import { validate } from "../../http/validation.ts";
import type { Context } from "../../services/context.ts";
import type { Imported } from "../../services/import.ts";
import { importCustomer } from "../../services/import.ts";
import { internalProblem, problem, problemOf } from "./errors.ts";
import { toImportInput } from "./mapping.ts";
import { importSchema, MAX_IMPORT_BYTES, MAX_IMPORT_LINES } from "./schemas.ts";

const TOO_MANY = invalid("", "too_many_lines", `must have at most ${MAX_IMPORT_LINES} lines`);

/** Lines that are worked on at once. */
const CONCURRENCY = 20;
/** Characters of one line; what is longer fails by itself. */
const MAX_LINE = 65_536;

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
      const outcomes = batch.map(async (text, i) => importLine(http, ctx, number + i + 1, text));
      await send(await Promise.all(outcomes));
      number += batch.length;
      if (number >= MAX_IMPORT_LINES) {
        await send([{ line: number + 1, outcome: "failed", error: problemOf(TOO_MANY.error) }]);
        break;
      }
    }
    await writer.close();
  } catch (error) {
    logUnexpected(ctx.requestId, error);
    await writer.abort(error).catch(() => undefined);
  }
}

async function* batches(source: ReadableStream<Uint8Array>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const line of lines(source)) {
    batch.push(line);
    if (batch.length < CONCURRENCY) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function* lines(source: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of source.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split("\n");
    // What is already too long need not be kept whole: it fails all the same.
    rest = (parts.pop() ?? "").slice(0, MAX_LINE + 1);
    yield* parts.filter((part) => part.trim() !== "");
  }
  if (rest.trim() !== "") yield rest;
}

async function importLine(
  http: Http,
  ctx: Context,
  line: number,
  text: string,
): Promise<Record<string, unknown>> {
  try {
    const imported = await importText(ctx, text);
    if (imported.ok) {
      return { line, outcome: imported.value.outcome, customer: imported.value.id };
    }
    return { line, outcome: "failed", error: problemOf(imported.error) };
  } catch (error) {
    logUnexpected(ctx.requestId, error);
    return { line, outcome: "failed", error: await internalProblem(http).json() };
  }
}

async function importText(ctx: Context, text: string): Promise<Result<Imported, LoyaltyError>> {
  if (text.length > MAX_LINE) return invalid("", "too_long", `must be at most ${MAX_LINE} long`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err({ code: "invalid_json" });
  }
  const wire = validate(importSchema, value);
  if (!wire.ok) return wire;
  const input = toImportInput(wire.value, ctx.principal.merchant);
  return input.ok ? importCustomer(ctx, input.value) : input;
}
