import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Runtime, startRuntime } from "../../scripts/runtime.ts";
import { createClientele } from "./clientele.ts";
import { cpuMs } from "./cpu-time.ts";
import { drive, type Measured } from "./load.ts";
import { publishingDone, STILL_MS } from "./publishing.ts";
import { type Till, tillOf, wireBytes } from "./till.ts";

/** How much is measured. */
export interface Effort {
  readonly customers: number;
  readonly connections: number;
  readonly rounds: number;
  readonly roundMs: number;
}

/** What is measured in turn. */
export const SCENARIOS = [
  "empty",
  "object_write",
  "earn",
  "bill",
  "give",
  "balance",
  "earn_sustained",
  "bill_sustained",
] as const;

export type Scenario = (typeof SCENARIOS)[number];

/** One scenario's turn in one round. */
export interface Turn extends Measured {
  readonly round: number;
  readonly scenario: Scenario;
  /** Processor time of the runtime per request. */
  readonly cpu_ms: number;
  /** How long publishing went on after the last answer; only where it is on. */
  readonly drained_ms?: number;
}

/** Longer than any measurement: nothing is published meanwhile. */
const NEVER_MS = 86_400_000;

interface Stage {
  readonly runtime: Runtime;
  /** Requests by number, made anew for each turn as signatures grow old. */
  prepare(count: number): (n: number) => Buffer;
  /** Resolves when what the turn caused is done. */
  settle?(): Promise<unknown>;
}

/**
 * Serves each Worker by a runtime of its own and drives them in turn, round by round, so that
 * whatever else the machine does meets all of them. Ratios are only good within one call. The
 * rounds begin when `quiet` resolves.
 */
export async function measureThroughput(
  effort: Effort,
  state: string,
  progress: (text: string) => void,
  quiet: Promise<unknown>,
): Promise<Turn[]> {
  const runtimes: Runtime[] = [];
  try {
    const start = async (name: string, more: object = {}): Promise<Runtime> => {
      const runtime = await startRuntime({ port: 0, state: join(state, name), ...more });
      runtimes.push(runtime);
      return runtime;
    };
    const worker = (name: string) => ({
      config: fileURLToPath(new URL(`workers/${name}/wrangler.toml`, import.meta.url)),
    });
    const databasesOf = join(state, "databases");
    const delay = { bindings: { GUERDON_PUBLISH_DELAY_MS: String(NEVER_MS) } };
    const starting = [
      start("empty", worker("empty")),
      start("object-write", worker("object-write")),
      start("path", { databasesOf, ...delay }),
      start("sustained", { databasesOf }),
    ] as const;
    await Promise.allSettled(starting);
    const [empty, objectWrite, path, sustained] = await Promise.all(starting);
    const stages: Record<Scenario, Stage> = {
      empty: plain(empty, () => "/"),
      object_write: plain(objectWrite, (n) => `/customer-${n % effort.customers}`),
      ...(await serviceStages(path, sustained, effort)),
    };
    await quiet;
    return await rounds(stages, effort, progress);
  } finally {
    await Promise.all(runtimes.map((runtime) => runtime.stop()));
  }
}

function plain(runtime: Runtime, path: (n: number) => string): Stage {
  const request = (n: number) => wireBytes({ method: "GET", path: path(n), headers: {}, body: "" });
  return { runtime, prepare: () => request };
}

async function serviceStages(path: Runtime, sustained: Runtime, effort: Effort) {
  const [quiet, busy] = await Promise.all([
    createClientele(path.url, effort.customers),
    createClientele(sustained.url, effort.customers),
  ]);
  const settle = () => publishingDone(sustained.url, busy.slug);
  await settle();
  const [quietTill, busyTill] = [tillOf(quiet), tillOf(busy)];
  const stage = (runtime: Runtime, till: Till, make: Make): Stage => ({
    runtime,
    prepare: prepared(till, effort.customers, make),
  });
  return {
    earn: stage(path, quietTill, earn),
    bill: stage(path, quietTill, bill),
    give: stage(path, quietTill, give),
    balance: stage(path, quietTill, (till, customer) => till.balance(customer)),
    earn_sustained: { ...stage(sustained, busyTill, earn), settle },
    bill_sustained: { ...stage(sustained, busyTill, bill), settle },
  };
}

type Make = (till: Till, customer: number, reference: string) => ReturnType<Till["earn"]>;

const earn: Make = (till, customer, reference) => till.earn(customer, 25, reference);
const give: Make = (till, customer, reference) => till.give(customer, "250.00", reference);
const bill: Make = (till, customer, reference) => till.bill(customer, "250.00", reference);

/** Signing takes the client some microseconds; it is done before the clock runs. */
function prepared(till: Till, customers: number, make: Make): Stage["prepare"] {
  let made = 0;
  const fresh = (): Buffer => {
    made += 1;
    return wireBytes(make(till, made % customers, `ORDER-${made}`));
  };
  return (count) => {
    const ready = Array.from({ length: count }, fresh);
    return (n) => ready[n] ?? fresh();
  };
}

async function rounds(
  stages: Readonly<Record<Scenario, Stage>>,
  effort: Effort,
  progress: (text: string) => void,
): Promise<Turn[]> {
  const turns: Turn[] = [];
  const expected = new Map<Scenario, number>();
  for (let round = 0; round <= effort.rounds; round += 1) {
    for (const scenario of inOrderOf(round)) {
      const warming = round === 0;
      const milliseconds = warming ? effort.roundMs / 3 : effort.roundMs;
      const count = expected.get(scenario) ?? effort.customers * 2;
      const turn = await takeTurn(stages[scenario], effort, milliseconds, count);
      expected.set(scenario, Math.ceil(turn.rps * (effort.roundMs / 1000) * 1.2));
      if (warming) continue;
      turns.push({ round, scenario, ...turn });
      progress(`round ${round}/${effort.rounds} ${scenario}: ${Math.round(turn.rps)}/s`);
    }
  }
  return turns;
}

/** Each round begins elsewhere, so that no scenario always follows the same one. */
function inOrderOf(round: number): readonly Scenario[] {
  const first = round % SCENARIOS.length;
  return [...SCENARIOS.slice(first), ...SCENARIOS.slice(0, first)];
}

async function takeTurn(
  stage: Stage,
  { connections }: Effort,
  milliseconds: number,
  count: number,
): Promise<Omit<Turn, "round" | "scenario">> {
  const { runtime, settle } = stage;
  const request = stage.prepare(count);
  const cpuBefore = cpuMs(runtime.workerdPid());
  const measured = await drive({ url: runtime.url, connections, milliseconds, request });
  const answered = performance.now();
  await settle?.();
  const drained = Math.max(0, performance.now() - answered - STILL_MS);
  const cpu = cpuMs(runtime.workerdPid()) - cpuBefore;
  return {
    ...measured,
    cpu_ms: Math.round((cpu / measured.requests) * 1000) / 1000,
    ...(settle === undefined ? {} : { drained_ms: Math.round(drained) }),
  };
}
