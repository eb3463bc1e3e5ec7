import type { LoyaltyError } from "../../../core/errors.ts";
import { invalid } from "../../../core/errors.ts";
import type { Result } from "../../../core/result.ts";
import { err, ok } from "../../../core/result.ts";
import type { Received } from "../../../http/calls.ts";
import { WHOLE } from "../../../http/calls.ts";
import { routingPath } from "../../../http/path.ts";
import { logUnexpected } from "../../../http/request.ts";
import { decodeUtf8 } from "../../../http/wire/body.ts";
import { validate } from "../../../http/wire/validation.ts";
import type { Context } from "../../../services/context.ts";
import type { Imported } from "../../../services/customers/import.ts";
import { importCustomer } from "../../../services/customers/import.ts";
import { call, NOTHING } from "../declarations.ts";
import { readText } from "../fields.ts";
import type { DescribeProblem } from "../problem.ts";
import type { Line } from "./lines.ts";
import { batches, MAX_IMPORT_BYTES, MAX_LINE, MAX_LINE_BYTES } from "./lines.ts";
import { toImportInput } from "./mapping.ts";
import { importSchema } from "./schemas.ts";

/**
 * Brings customers along. The body is newline-delimited JSON, which is read while it comes in; the
 * errors are those of its lines, whose outcomes show them as `describe` has them.
 */
export const importCalls = (describe: DescribeProblem) => [
  call({
    method: "POST",
    path: "/customers/import",
    summary: "Brings customers along with their balances, one JSON line each",
    scope: "write:customers",
    input: NOTHING,
    answer: WHOLE,
    errors: ["not_found", "already_exists", "balance_limit"],
    act: async (ctx, _, received) => importCustomers(ctx, received, describe),
  }),
];

/**
 * Answers an import: one JSON line per line sent, in their order, while they are still coming in.
 * A line that fails leaves the others alone; a line beyond the limits ends the import, and the
 * rest can be sent again as it is safe to repeat.
 */
function importCustomers(
  ctx: Context,
  received: Received,
  describe: DescribeProblem,
): Result<Response, LoyaltyError> {
  const declared = Number(received.header("content-length") ?? "0");
  if (declared > MAX_IMPORT_BYTES) return err({ code: "body_too_large", limit: MAX_IMPORT_BYTES });
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const unexpected = {
    ...describe(null),
    instance: routingPath(received.raw),
    request_id: ctx.requestId,
  };
  const problemOf = (error: LoyaltyError | null) => (error === null ? unexpected : describe(error));
  const source = received.raw.body ?? new Blob([]).stream();
  ctx.defer(pump(ctx, problemOf, source, writable.getWriter()));
  const headers = { "Content-Type": "application/x-ndjson; charset=utf-8" };
  return ok(new Response(readable, { headers }));
}

async function pump(
  ctx: Context,
  problemOf: DescribeProblem,
  source: ReadableStream<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
): Promise<void> {
  const encoder = new TextEncoder();
  const send = (outcomes: readonly object[]): Promise<void> =>
    writer.write(encoder.encode(outcomes.map((line) => `${JSON.stringify(line)}\n`).join("")));
  try {
    let number = 0;
    for await (const batch of batches(source)) {
      const outcomes = batch.map((line, i) => importLine(ctx, problemOf, number + i + 1, line));
      await send(await Promise.all(outcomes));
      number += batch.length;
    }
    await writer.close();
  } catch (error) {
    logUnexpected(ctx.requestId, error);
    await writer.abort(error).catch(() => undefined);
  }
}

async function importLine(
  ctx: Context,
  problemOf: DescribeProblem,
  line: number,
  content: Line,
): Promise<object> {
  try {
    const imported = await importContent(ctx, content);
    if (imported.ok) {
      return { line, outcome: imported.value.outcome, customer: imported.value.id };
    }
    return { line, outcome: "failed", error: problemOf(imported.error) };
  } catch (error) {
    logUnexpected(ctx.requestId, error);
    return { line, outcome: "failed", error: problemOf(null) };
  }
}

async function importContent(ctx: Context, line: Line): Promise<Result<Imported, LoyaltyError>> {
  if (!(line instanceof Uint8Array)) return err(line);
  const text = line.length > MAX_LINE_BYTES ? null : decodeUtf8(line);
  const isLong = text === null ? line.length > MAX_LINE_BYTES : text.length > MAX_LINE;
  if (isLong) return invalid("", "too_long", `must be at most ${MAX_LINE} long`);
  if (text === null) return err({ code: "invalid_json" });
  const fields = readText(text);
  if (!fields.ok) return fields;
  const wire = validate(importSchema, fields.value);
  if (!wire.ok) return wire;
  const input = toImportInput(wire.value, ctx.principal.merchant);
  return input.ok ? importCustomer(ctx, input.value) : input;
}
