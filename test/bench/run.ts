import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { makeDatabases } from "../../scripts/runtime.ts";
import { measureBundle, measureStartup } from "./bundle-size.ts";
import { countCosts } from "./counts.ts";
import { measureImport } from "./importing.ts";
import { printable } from "./print.ts";
import { makeReport } from "./report.ts";
import { type Effort, measureThroughput } from "./throughput.ts";

const full: Effort = { customers: 200, connections: 32, rounds: 7, roundMs: 4_000 };
const quick: Effort = { customers: 50, connections: 16, rounds: 2, roundMs: 500 };

/** Customers with opening balances, in one request. */
const IMPORTED = 100_000;

const usage = `npm run bench -- [--quick | --counts] [--json FILE] [--customers N] [--connections N]
                 [--rounds N] [--seconds N] [--state FOLDER]
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      counts: { type: "boolean", default: false },
      json: { type: "string" },
      customers: { type: "string" },
      connections: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      state: { type: "string", default: tmpdir() },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const preset = values.quick ? quick : full;
  const effort = {
    customers: whole(values.customers, preset.customers),
    connections: whole(values.connections, preset.connections),
    rounds: whole(values.rounds, preset.rounds),
    roundMs: whole(values.seconds, preset.roundMs / 1_000) * 1_000,
  };
  const state = await mkdtemp(join(values.state, "guerdon-bench-"));
  try {
    const progress = (text: string) => process.stderr.write(`${text}\n`);
    await makeDatabases(join(state, "databases"));
    const counting = countAll(state, progress, !values.quick);
    const measuring = values.counts ? [] : measureThroughput(effort, state, progress, counting);
    const [counted, turns] = await Promise.all([counting, measuring]);
    const imported =
      values.quick || values.counts ? null : await measureImport(IMPORTED, state, progress);
    const report = makeReport({ effort, turns, imported, ...counted });
    process.stdout.write(`${printable(report)}\n`);
    if (values.json !== undefined) {
      await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
    }
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

/** What needs no clock, or only the processor's: with --counts it is all that is done. */
async function countAll(state: string, progress: (text: string) => void, startup: boolean) {
  const [bundle, costs] = await Promise.all([measureBundle(), countCosts(state, progress)]);
  return { bundle, costs, startupCpuMs: startup ? await measureStartup(state) : null };
}

function whole(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${text} must be a number above 0`);
  return value;
}

await main();
