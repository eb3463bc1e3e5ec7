import type { Report } from "./report.ts";

/** A figure with its bound. */
export interface Goal {
  readonly name: string;
  readonly value: number;
  readonly bound: number;
  readonly atLeast: boolean;
}

/** What the figures should be. */
export function goalsOf(report: Report): readonly Goal[] {
  const { ratios, rows, bundle, d1_statements_on_path: statements } = report;
  const cost = report.cost_per_million_earns_usd;
  const atLeast = (name: string, value: number, bound: number): Goal => ({
    name,
    value,
    bound,
    atLeast: true,
  });
  const atMost = (name: string, value: number | null, bound: number): Goal => ({
    name,
    value: value ?? Number.NaN,
    bound,
    atLeast: false,
  });
  const most = (operation: "earn" | "redeem", field: "read" | "written"): number =>
    Math.max(...Object.values(rows[operation]).map((row) => row[field]));
  return [
    atLeast("earn ÷ object write", ratios.earn_per_object_write, 0.8),
    atLeast("earn sustained ÷ object write", ratios.earn_sustained_per_object_write, 0.5),
    atLeast("balance ÷ empty", ratios.balance_per_empty, 0.25),
    atMost("rows written per earn, on the path", most("earn", "written"), 5),
    atMost("rows read per earn, on the path", most("earn", "read"), 8),
    atMost("rows written per redeem, on the path", most("redeem", "written"), 5),
    atMost("rows read per redeem, on the path", most("redeem", "read"), 8),
    atMost("D1 statements per earn, on the path", statements.earn, 0),
    atMost("$ per million earns", cost.without_webhook, 7),
    atMost("$ per million earns with a webhook", cost.with_webhook, 11),
    atLeast("customers imported with balances, /s", report.import?.per_second ?? Number.NaN, 1_000),
    atMost("ms of another call during an import", report.import?.others_p50_ms ?? null, 50),
    atMost("KiB of the bundle, gzip", Math.round(bundle.gzip_bytes / 102.4) / 10, 400),
  ];
}

export function isMet({ value, bound, atLeast }: Goal): boolean {
  return atLeast ? value >= bound : value <= bound;
}
