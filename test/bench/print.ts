import { OPERATIONS } from "./counts.ts";
import { goalsOf, isMet } from "./goals.ts";
import type { Report } from "./report.ts";

/** The report as tables for a terminal, without what was not measured. */
export function printable(report: Report): string {
  const clocked = report.rounds.length === 0 ? [] : [speeds(report)];
  return [...clocked, counts(report), costs(report), goals(report)].join("\n\n");
}

function speeds({ medians }: Report): string {
  const rows = Object.entries(medians).map(([scenario, of]) => [
    scenario.replaceAll("_", " "),
    of.rps.toFixed(0),
    ...[of.p50_ms, of.p95_ms, of.p99_ms, of.cpu_ms].map((ms) => ms.toFixed(2)),
  ]);
  return table(["", "requests/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms"], rows);
}

function counts({ rows, per_command }: Report): string {
  const lines = OPERATIONS.map((operation) => {
    const { path, after, after_with_webhook: hooked } = per_command[operation];
    const sizes = Object.values(rows[operation]);
    const calls = (counted: typeof after): string =>
      Object.entries(counted?.calls ?? {})
        .map(([kind, number]) => `${number} ${kind.replace("_", " ")}`)
        .join(", ");
    return [
      operation,
      sizes.map(({ read, written }) => `${read}/${written}`).join(" "),
      `${path?.d1Statements}`,
      `${after?.read}/${(after?.written ?? 0) + (after?.alarmsSet ?? 0)}`,
      `${after?.d1Statements}: ${after?.d1Read}/${after?.d1Written}`,
      `${hooked?.d1Statements}: ${hooked?.d1Read}/${hooked?.d1Written}`,
      calls(after),
    ];
  });
  const sizes = Object.keys(rows.earn).join(", ");
  const head = [
    "rows read/written",
    `path (${sizes})`,
    "D1 on it",
    "after",
    "D1 after",
    "with webhook",
    "object calls after",
  ];
  return table(head, lines);
}

function costs({
  cost_per_million_earns_usd: cost,
  prices,
  bundle,
  startup_cpu_ms,
}: Report): string {
  const { without_webhook: without, with_webhook: withOne } = cost.parts;
  const rows = Object.entries(without ?? {}).map(([part, dollars]) => [
    part.replaceAll("_", " "),
    dollars.toFixed(2),
    (withOne?.[part as keyof typeof withOne] ?? Number.NaN).toFixed(2),
  ]);
  const title = `$ per million lone earns (${prices.asOf})`;
  const startup = startup_cpu_ms === null ? "unknown" : `${startup_cpu_ms} ms`;
  const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;
  const sizes = `bundle ${kib(bundle.raw_bytes)}, gzip ${kib(bundle.gzip_bytes)}`;
  return `${table([title, "no webhook", "one webhook"], rows)}\n${sizes}, start-up CPU ${startup}`;
}

function goals(report: Report): string {
  const measured = goalsOf(report).filter(({ value }) => !Number.isNaN(value));
  const rows = measured.map((goal) => [
    isMet(goal) ? "met" : "MISSED",
    goal.name,
    String(goal.value),
    `${goal.atLeast ? "≥" : "≤"} ${goal.bound}`,
  ]);
  return table(["goal", "", "measured", "wanted"], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
