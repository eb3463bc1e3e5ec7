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
import type { Importer, ImportInput, ImportOutcome } from "../../../services/customers/import.ts";
import { startImport } from "../../../services/customers/import.ts";
import { call, NOTHING } from "../declarations.ts";
import { readText } from "../fields.ts";
import type { DescribeProblem } from "../problem.ts";
import type { Line } from "./lines.ts";
import { groupLines, MAX_IMPORT_BYTES, MAX_LINE, MAX_LINE_BYTES } from "./lines.ts";
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
    errors: ["not_found", "already_exists", "balance_limit", "customer_busy"],
    act: async (ctx, _, received) => importCustomers(ctx, received, describe),
  }),
];

/**
 * Answers an import: one JSON line per line sent, in their order, while they are still coming in.
 * A line that fails leaves the others alone. Once the platform lets the request do no more, each
 * line that follows is `deferred`: the first of them is where another request goes on.
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
  const importer = startImport(ctx);
  let isOver = false;
  try {
    for await (const lines of groupLines(source)) {
      const outcomes: readonly object[] = isOver
        ? []
        : await importLines(ctx, problemOf, importer, lines);
      isOver ||= outcomes.length < lines.length;
      const deferred = lines.slice(outcomes.length).map(({ number }) => deferredLine(number));
      await send([...outcomes, ...deferred]);
      // However much has come in: others' requests are looked for while a timer is waited for.
      await scheduler.wait(1);
    }
    await writer.close();
  } catch (error) {
    logUnexpected(ctx.requestId, error);
    await writer.abort(error).catch(() => undefined);
  }
}

const deferredLine = (line: number) => ({ line, outcome: "deferred" });

/** An outcome for each line, up to the first that the request may do no more about. */
async function importLines(
  ctx: Context,
  problemOf: DescribeProblem,
  importer: Importer,
  lines: readonly Line[],
): Promise<readonly object[]> {
  const read = lines.map((line) => readLine(ctx, line));
  const inputs = read.flatMap((input) => (input.ok ? [input.value] : []));
  const done = (inputs.length === 0 ? [] : await importer.importGroup(inputs)).values();
  const outcomes: object[] = [];
  for (const [i, { number: line }] of lines.entries()) {
    const input = read[i];
    const outcome: ImportOutcome | undefined = input?.ok ? done.next().value : input;
    if (outcome === undefined) break;
    outcomes.push(
      outcome.ok
        ? { line, outcome: outcome.value.outcome, customer: outcome.value.id }
        : { line, outcome: "failed", error: problemOf(outcome.error) },
    );
  }
  return outcomes;
}

function readLine(ctx: Context, { content }: Line): Result<ImportInput, LoyaltyError> {
  if (!(content instanceof Uint8Array)) return err(content);
  const text = content.length > MAX_LINE_BYTES ? null : decodeUtf8(content);
  const isLong = text === null ? content.length > MAX_LINE_BYTES : text.length > MAX_LINE;
  if (isLong) return invalid("", "too_long", `must be at most ${MAX_LINE} long`);
  if (text === null) return err({ code: "invalid_json" });
  const fields = readText(text);
  if (!fields.ok) return fields;
  const wire = validate(importSchema, fields.value);
  return wire.ok ? toImportInput(wire.value, ctx.principal) : wire;
}
