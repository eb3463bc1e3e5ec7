import type { Cost } from "./counts.ts";
import type { Counts } from "./workers/counting/counts.ts";

/**
 * US dollars per million beyond what is included in the Workers Paid plan, as published at
 * developers.cloudflare.com: workers/platform/pricing, durable-objects/platform/pricing and
 * d1/platform/pricing.
 */
export const PRICES = {
  asOf: "2026-09-18",
  source: "https://developers.cloudflare.com/workers/platform/pricing/",
  request: 0.3,
  objectRequest: 0.15,
  rowWritten: 1,
  rowRead: 0.001,
  cpuMs: 0.02,
  gigabyteSecond: 12.5,
} as const;

/** Memory that an object is billed for, whatever it uses. */
const OBJECT_GIGABYTES = 0.128;

/** What a million commands of one kind cost, by what is charged. */
export interface CostPerMillion {
  readonly requests: number;
  readonly object_requests: number;
  readonly object_rows_written: number;
  readonly d1_rows_written: number;
  readonly rows_read: number;
  readonly cpu: number;
  readonly duration: number;
  readonly total: number;
}

/**
 * Computed from one lone command: nothing is shared with another, as if every customer came alone
 * and every group of the projector had one entry. Under load a command costs less.
 */
export function costPerMillion({ path, after }: Cost, cpuMs: number): CostPerMillion {
  const both = (read: (counts: Counts) => number): number => read(path) + read(after);
  const objects = both(({ calls }) => sum(calls));
  const busyMs = both(({ busyMs: busy }) => sum(busy));
  const parts = {
    requests: PRICES.request,
    object_requests: objects * PRICES.objectRequest,
    object_rows_written: both((counts) => counts.written + counts.alarmsSet) * PRICES.rowWritten,
    d1_rows_written: both((counts) => counts.d1Written) * PRICES.rowWritten,
    rows_read: both((counts) => counts.read + counts.d1Read) * PRICES.rowRead,
    cpu: cpuMs * PRICES.cpuMs,
    duration: (busyMs / 1_000) * OBJECT_GIGABYTES * PRICES.gigabyteSecond,
  };
  return { ...rounded(parts), total: round(sum(parts)) };
}

function sum(record: Readonly<Record<string, number>>): number {
  return Object.values(record).reduce((total, value) => total + value, 0);
}

function rounded<T extends Record<string, number>>(parts: T): T {
  const entries = Object.entries(parts).map(([name, value]) => [name, round(value)]);
  return Object.fromEntries(entries) as T;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
