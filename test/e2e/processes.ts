import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Living processes with their parents; one that only waits to be reaped has ended. */
function parents(): Map<number, number> {
  return new Map(existsSync("/proc/self/stat") ? parentsFromProc() : parentsFromPs());
}

function parentsFromProc(): [number, number][] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid): [number, number][] => {
    try {
      // State and parent follow the name, which stands in brackets and may hold some itself.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1) ?? "";
      const [state, parent] = fields.split(" ");
      return state === "Z" ? [] : [[Number(pid), Number(parent)]];
    } catch {
      return [];
    }
  });
}

function parentsFromPs(): [number, number][] {
  const listing = execFileSync("ps", ["-A", "-o", "pid=,ppid=,state="], { encoding: "utf8" });
  return listing
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => !state?.startsWith("Z"))
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
