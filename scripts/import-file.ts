import { open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

export interface ImportOptions {
  /** NDJSON, one customer a line. */
  readonly file: string;
  readonly url: string;
  /** The deployment's admin token, or an API key with `write:customers`. */
  readonly token: string;
  /** Id or slug; an API key tells it itself. */
  readonly merchant?: string;
  /** Line to begin with, from 1; absent: where an earlier run got to. */
  readonly from?: number;
  /** Lines of one request. */
  readonly part?: number;
  /** First wait after a request that failed; it doubles. */
  readonly retryMs?: number;
  readonly progress?: (tally: Tally) => void;
}

/** How far an import is, as its state file keeps it. */
export interface Tally {
  /** The line to go on with. */
  readonly next: number;
  readonly created: number;
  readonly unchanged: number;
  readonly failed: number;
}

interface Outcome {
  readonly line: number;
  readonly outcome: "created" | "unchanged" | "failed" | "deferred";
  readonly error?: unknown;
}

/** Lines as they stand in the file; the last may lack its line end. */
interface Part {
  readonly first: number;
  readonly lines: readonly Buffer[];
}

const partLines = 5_000;
/** Far below what a request may have. */
const partBytes = 8_388_608;
/** Requests in a row that get nowhere. */
const maxFailures = 8;
const maxRetryMs = 30_000;
const newline = 0x0a;

/** Worth trying again: what was asked for is right, and the service or the way to it is not. */
class Interruption extends Error {
  readonly waitMs: number;

  constructor(message: string, waitMs = 0) {
    super(message);
    this.waitMs = waitMs;
  }
}

/**
 * Sends a file in parts and goes on by itself: after the line that the service defers, and after a
 * failure from the line whose outcome is missing, for a line may be sent twice. FILE.position holds
 * how far it is, FILE.failed the lines that failed, each with its error.
 */
export async function importFile(options: ImportOptions): Promise<Tally> {
  const { file, part: size = partLines } = options;
  const paths = { position: `${file}.position`, failed: `${file}.failed` };
  let tally = await startingAt(options, paths.position);
  const faults = await open(paths.failed, tally.next === 1 ? "w" : "a");
  try {
    for await (const part of partsOf(file, tally.next, size)) {
      const keep = async (reached: Tally, failed: readonly string[]): Promise<void> => {
        if (failed.length > 0) await faults.write(failed.join(""));
        tally = reached;
        await keepPosition(paths.position, file, tally);
        options.progress?.(tally);
      };
      await sendPart(options, part, () => tally, keep);
    }
  } finally {
    await faults.close();
  }
  await rm(paths.position, { force: true });
  if (tally.failed === 0) await rm(paths.failed, { force: true });
  return tally;
}

/** Sends a part until each of its lines has an outcome. */
async function sendPart(
  options: ImportOptions,
  { first, lines }: Part,
  tally: () => Tally,
  keep: (reached: Tally, failed: readonly string[]) => Promise<void>,
): Promise<void> {
  const end = first + lines.length;
  for (let failures = 0; tally().next < end; ) {
    const from = tally().next;
    const rest = lines.slice(from - first);
    try {
      const isWhole = await sendLines(options, { first: from, lines: rest }, tally, keep);
      if (isWhole) return await keep({ ...tally(), next: end }, []);
      if (tally().next === from) throw new Interruption("the service defers every line");
      failures = 0;
    } catch (error) {
      failures = tally().next === from ? failures + 1 : 1;
      if (!(error instanceof Interruption) || failures >= maxFailures) throw error;
      const backoff = (options.retryMs ?? 500) * 2 ** (failures - 1);
      await sleep(Math.max(error.waitMs, Math.min(maxRetryMs, backoff)));
    }
  }
}

/** Sends lines once; false where some are deferred. The tally goes on with every piece. */
async function sendLines(
  options: ImportOptions,
  { first, lines }: Part,
  tally: () => Tally,
  keep: (reached: Tally, failed: readonly string[]) => Promise<void>,
): Promise<boolean> {
  let missing = lines.filter(isFilled).length;
  for await (const outcomes of answersTo(options, Buffer.concat(lines))) {
    missing -= outcomes.length;
    const deferred = outcomes.findIndex(({ outcome }) => outcome === "deferred");
    const done = deferred === -1 ? outcomes : outcomes.slice(0, deferred);
    const count = (wanted: Outcome["outcome"]): number =>
      done.filter(({ outcome }) => outcome === wanted).length;
    const before = tally();
    const last = outcomes[deferred]?.line ?? (outcomes.at(-1)?.line ?? 0) + 1;
    const reached = {
      next: Math.max(before.next, first + last - 1),
      created: before.created + count("created"),
      unchanged: before.unchanged + count("unchanged"),
      failed: before.failed + count("failed"),
    };
    const failed = done
      .filter(({ outcome }) => outcome === "failed")
      .map(({ line, error }) => `${JSON.stringify({ line: first + line - 1, error })}\n`);
    await keep(reached, failed);
    if (deferred !== -1) return false;
  }
  if (missing > 0) throw new Interruption("the answer was cut off");
  return true;
}

/** Blank lines get no outcome. */
function isFilled(line: Buffer): boolean {
  return line.some((byte) => ![0x20, 0x09, 0x0d, newline].includes(byte));
}

/** The outcomes as they come in; each but the last piece ends with a line. */
async function* answersTo(options: ImportOptions, body: Buffer): AsyncGenerator<Outcome[]> {
  const response = await post(options, body);
  let rest = "";
  try {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (lines.length > 0) yield lines.map((line): Outcome => JSON.parse(line));
    }
  } catch (error) {
    throw new Interruption(`the answer was cut off: ${reason(error)}`);
  }
  if (rest !== "") throw new Interruption("the answer was cut off");
}

async function post(options: ImportOptions, body: Buffer): Promise<Response> {
  const { url, token, merchant } = options;
  let response: Response;
  try {
    response = await fetch(`${url}/loyalty/v1/customers/import`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/x-ndjson",
        ...(merchant === undefined ? {} : { "Guerdon-Merchant": merchant }),
      },
      body: new Uint8Array(body),
    });
  } catch (error) {
    throw new Interruption(`${url} cannot be reached: ${reason(error)}`);
  }
  if (response.status === 200) return response;
  const told = `answered with ${response.status}: ${await response.text()}`;
  if (response.status !== 429 && response.status < 500) throw new Error(told);
  throw new Interruption(told, 1_000 * Number(response.headers.get("retry-after") ?? "0"));
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** The file from a line on, cut into parts. */
async function* partsOf(file: string, from: number, size: number): AsyncGenerator<Part> {
  let lines: Buffer[] = [];
  let [bytes, number, next] = [0, 1, from];
  const take = (): Part => {
    const part = { first: next, lines };
    next += lines.length;
    [lines, bytes] = [[], 0];
    return part;
  };
  for await (const line of linesOf(file)) {
    number += 1;
    if (number <= from) continue;
    lines.push(line);
    bytes += line.length;
    if (lines.length >= size || bytes >= partBytes) yield take();
  }
  if (lines.length > 0) yield take();
}

/** Lines with their line ends. */
async function* linesOf(file: string): AsyncGenerator<Buffer> {
  const handle = await open(file);
  let rest: Buffer[] = [];
  for await (const chunk of handle.createReadStream() as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, end + 1)]);
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

async function startingAt({ file, from }: ImportOptions, path: string): Promise<Tally> {
  const fresh = { next: from ?? 1, created: 0, unchanged: 0, failed: 0 };
  if (from !== undefined) return fresh;
  const kept = await readFile(path, "utf8").catch(() => null);
  if (kept === null) return fresh;
  const { size, ...tally } = JSON.parse(kept) as Tally & { readonly size: number };
  if (size === (await stat(file)).size) return tally;
  throw new Error(`${file} is not what it was when ${path} was kept: say --from LINE`);
}

/** Written beside and renamed, so that there is a whole one at every moment. */
async function keepPosition(path: string, file: string, tally: Tally): Promise<void> {
  const { size } = await stat(file);
  await writeFile(`${path}.new`, `${JSON.stringify({ ...tally, size })}\n`);
  await rename(`${path}.new`, path);
}
