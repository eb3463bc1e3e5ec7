import { type Finding, finding } from "./source.ts";

/** How long a file of tests took by itself, without what was loaded for it. */
export interface FileDuration {
  /** Relative to the top level. */
  readonly path: string;
  readonly seconds: number;
}

/** What one file of tests may take; a longer one keeps everybody waiting for the suite. */
export const FILE_SECONDS = 15;

/** Files that may take longer, each with how long and why. */
export const SLOW_FILES: Readonly<
  Record<string, { readonly seconds: number; readonly why: string }>
> = {
  "test/dialects/sandbox.test.ts": {
    seconds: 45,
    why: "waits after every write of every dialect until nothing moves any more",
  },
  "test/e2e/measured.test.ts": {
    seconds: 90,
    why: "kills the service under load and measures it with ten thousand entries",
  },
  "test/e2e/start.test.ts": {
    seconds: 60,
    why: "starts the service again and again as a process of its own",
  },
  "test/e2e/webhooks.test.ts": {
    seconds: 60,
    why: "earns at the pace of tills for half a minute, with and without an endpoint",
  },
  "test/webhooks/store.test.ts": {
    seconds: 30,
    why: "settles a hundred thousand deliveries",
  },
  "test/webhooks/throughput.test.ts": {
    seconds: 25,
    why: "sends two thousand events to a receiver of 200 ms",
  },
  "test/wallet/model/model.test.ts": {
    seconds: 40,
    why: "compares two hundred lives of a wallet with the model",
  },
};

/** How many of the slowest are told. */
const TOLD = 5;

/** Files over their limit; `factor` is how much slower than an idle machine this one is. */
export function durationFindings(files: readonly FileDuration[], factor: number): Finding[] {
  return files.flatMap(({ path, seconds }) => {
    const limit = (SLOW_FILES[path]?.seconds ?? FILE_SECONDS) * factor;
    if (seconds <= limit) return [];
    return [finding(path, 1, `took ${seconds.toFixed(1)} s, more than ${limit.toFixed(1)}`)];
  });
}

/** Lines that tell the slowest files. */
export function slowestFiles(files: readonly FileDuration[]): string[] {
  const sorted = files.toSorted((a, b) => b.seconds - a.seconds).slice(0, TOLD);
  return sorted.map(({ path, seconds }) => `${seconds.toFixed(1).padStart(6)} s  ${path}`);
}
