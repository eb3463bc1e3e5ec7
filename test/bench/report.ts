import type { BundleSize } from "./bundle-size.ts";
import { type CostPerMillion, costPerMillion, PRICES } from "./cost.ts";
import { type Cost, OPERATIONS, type Operation } from "./counts.ts";
import type { Imported } from "./importing.ts";
import { type Effort, SCENARIOS, type Scenario, type Turn } from "./throughput.ts";

/** Everything that was measured. */
export interface Measurements {
  readonly effort: Effort;
  readonly turns: readonly Turn[];
  readonly costs: readonly Cost[];
  readonly bundle: BundleSize;
  readonly startupCpuMs: number | null;
  readonly imported: Imported | null;
}

/** What `--json` writes. */
export type Report = ReturnType<typeof makeReport>;

export function makeReport(measured: Measurements) {
  const { effort, turns, costs, bundle, startupCpuMs, imported } = measured;
  const cpuMs = median(turns.flatMap(({ scenario, cpu_ms }) => cpuOf(scenario, cpu_ms)));
  return {
    measured_at: new Date().toISOString(),
    effort,
    ratios: {
      earn_per_object_write: ratio(turns, "earn", "object_write"),
      bill_per_object_write: ratio(turns, "bill", "object_write"),
      give_per_object_write: ratio(turns, "give", "object_write"),
      earn_sustained_per_object_write: ratio(turns, "earn_sustained", "object_write"),
      bill_sustained_per_object_write: ratio(turns, "bill_sustained", "object_write"),
      balance_per_empty: ratio(turns, "balance", "empty"),
    },
    rows: perOperation((operation) =>
      bySize(costs, operation, ({ path }) => ({
        read: path.read,
        written: path.written + path.alarmsSet,
      })),
    ),
    d1_statements_on_path: perOperation((operation) =>
      Math.max(...alone(costs, operation).map(({ path }) => path.d1Statements)),
    ),
    per_command: perOperation((operation) => commandOf(costs, operation)),
    bundle,
    startup_cpu_ms: startupCpuMs,
    import: imported,
    cost_per_million_earns_usd: costOfEarns(costs, cpuMs),
    prices: PRICES,
    medians: Object.fromEntries(SCENARIOS.map((scenario) => [scenario, medians(turns, scenario)])),
    rounds: turns,
  };
}

/** Processor time of the whole way of an earn; none where the system does not tell. */
function cpuOf(scenario: Scenario, cpuMs: number): number[] {
  return scenario === "earn_sustained" && !Number.isNaN(cpuMs) ? [cpuMs] : [];
}

function costOfEarns(costs: readonly Cost[], cpuMs: number) {
  const earns = costs.filter(({ operation }) => operation === "earn");
  const of = (webhook: boolean): CostPerMillion | undefined => {
    const found = earns.find((cost) => cost.webhook === webhook);
    return found === undefined ? undefined : costPerMillion(found, cpuMs);
  };
  const [without, withOne] = [of(false), of(true)];
  return {
    without_webhook: without?.total ?? null,
    with_webhook: withOne?.total ?? null,
    parts: { without_webhook: without ?? null, with_webhook: withOne ?? null },
  };
}

function perOperation<T>(make: (operation: Operation) => T): Record<Operation, T> {
  const made = OPERATIONS.map((operation) => [operation, make(operation)]);
  return Object.fromEntries(made) as Record<Operation, T>;
}

function alone(costs: readonly Cost[], operation: Operation): readonly Cost[] {
  return costs.filter((cost) => cost.operation === operation && !cost.webhook);
}

function bySize<T>(costs: readonly Cost[], operation: Operation, read: (cost: Cost) => T) {
  const sizes = alone(costs, operation).map((cost) => [cost.entries, read(cost)]);
  return Object.fromEntries(sizes) as Record<string, T>;
}

function commandOf(costs: readonly Cost[], operation: Operation) {
  const [first] = alone(costs, operation);
  const hooked = costs.find((cost) => cost.operation === operation && cost.webhook);
  return {
    path: first?.path ?? null,
    after: first?.after ?? null,
    after_with_webhook: hooked?.after ?? null,
  };
}

/** The median of the ratios of each round: what else the machine did meets both alike. */
function ratio(turns: readonly Turn[], of: Scenario, to: Scenario): number {
  const ratios = turns
    .filter(({ scenario }) => scenario === of)
    .flatMap(({ round, rps }) => {
      const base = turns.find((turn) => turn.round === round && turn.scenario === to);
      return base === undefined ? [] : [rps / base.rps];
    });
  return Math.round(median(ratios) * 1_000) / 1_000;
}

function medians(turns: readonly Turn[], scenario: Scenario) {
  const own = turns.filter((turn) => turn.scenario === scenario);
  const of = (read: (turn: Turn) => number): number => median(own.map(read));
  return {
    rps: of(({ rps }) => rps),
    p50_ms: of(({ p50_ms }) => p50_ms),
    p95_ms: of(({ p95_ms }) => p95_ms),
    p99_ms: of(({ p99_ms }) => p99_ms),
    cpu_ms: of(({ cpu_ms }) => cpu_ms),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}
