import { posix } from "node:path";
import { type Finding, finding, type Source } from "./source.ts";

type Imports = ReadonlyMap<string, readonly string[]>;

/**
 * Modules that import each other in a circle, by type or by value: none of them can be read or
 * moved without all the others. One finding each, with the shortest way round, at its first module.
 */
export function cycleFindings(sources: readonly Source[]): Finding[] {
  const imports: Imports = new Map(sources.map((source) => [source.path, targetsOf(source)]));
  const told = new Set<string>();
  return [...imports.keys()].sort().flatMap((path) => {
    const way = told.has(path) ? null : wayBack(imports, path);
    if (way === null) return [];
    for (const module of way) told.add(module);
    return [finding(path, 1, `imports itself: ${[...way, path].join(" → ")}`)];
  });
}

function targetsOf({ path, modules }: Source): string[] {
  return modules
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ specifier }) => posix.join(posix.dirname(path), specifier));
}

/** The modules of the shortest circle through one, beginning with it; null when there is none. */
function wayBack(imports: Imports, start: string): string[] | null {
  const ways = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const target of imports.get(way.at(-1) ?? start) ?? []) {
      if (target === start) return way;
      if (seen.has(target)) continue;
      seen.add(target);
      ways.push([...way, target]);
    }
  }
  return null;
}
