import { existsSync, readFileSync } from "node:fs";

/** Linux counts processor time in hundredths of a second, whatever its own clock. */
const TICK_MS = 10;

/** Processor time that a process has used, user and system; NaN where /proc is not. */
export function cpuMs(pid: number | undefined): number {
  const path = `/proc/${pid}/stat`;
  if (pid === undefined || !existsSync(path)) return Number.NaN;
  // The name before it stands in brackets and may hold blanks.
  const fields = readFileSync(path, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
