import { posix } from "node:path";
import { type Finding, finding } from "./source.ts";

/** Files that may lie directly in one folder; more are several subjects under one name. */
export const folderLimits: Readonly<Record<string, number>> = { src: 15, test: 25 };

/** Folders that are still to be split; delete what is done. */
export const unsplit: readonly string[] = [];

/** Folders with too many files, and those that are excused without need. */
export function folderFindings(
  paths: readonly string[],
  excused: readonly string[] = unsplit,
): Finding[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const folder = posix.dirname(path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const crowded = [...counts].filter(([folder, count]) => count > limitOf(folder));
  const over = crowded
    .filter(([folder]) => !excused.includes(folder))
    .map(([folder, count]) =>
      finding(folder, 1, `holds ${count} files, more than ${limitOf(folder)}`),
    );
  const done = excused.filter((folder) => !crowded.some(([name]) => name === folder));
  return [...over, ...done.map((folder) => finding(folder, 1, "needs no excuse any more"))];
}

function limitOf(folder: string): number {
  return folderLimits[folder.split("/")[0] ?? ""] ?? Number.POSITIVE_INFINITY;
}
