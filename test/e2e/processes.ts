import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Process ids with those of their parents. */
function parents(): Map<number, number> {
  return new Map(existsSync("/proc/self/stat") ? parentsFromProc() : parentsFromPs());
}

function parentsFromProc(): [number, number][] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid): [number, number][] => {
    try {
      // The name, in brackets, may itself hold spaces and brackets; the parent follows the state.
      const [, parent] =
        readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      return [[Number(pid), Number(parent)]];
    } catch {
      return [];
    }
  });
}

function parentsFromPs(): [number, number][] {
  const listing = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  return listing
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent]): [number, number] => [Number(pid), Number(parent)]);
}

/** A process and everything it started that is still its descendant. */
export function processTree(root: number): number[] {
  const known = parents();
  const isBelow = (pid: number): boolean => {
    const parent = known.get(pid);
    return pid === root || (parent !== undefined && parent > 0 && isBelow(parent));
  };
  return [...known.keys()].filter(isBelow);
}

export function areRunning(pids: readonly number[]): number[] {
  const known = parents();
  return pids.filter((pid) => known.has(pid));
}
