import { type Finding, finding, type TextFile } from "./source.ts";

/** What design and README name; anything else at the top level needs a reason. */
const topLevel = [
  ".ci",
  ".gitignore",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "LICENSE",
  "README.md",
  "biome.json",
  "migrations",
  "package-lock.json",
  "package.json",
  "scripts",
  "src",
  "test",
  "tsconfig.json",
  "wrangler.toml",
];

export function topLevelFindings(names: readonly string[]): Finding[] {
  return names
    .filter((name) => !topLevel.includes(name))
    .map((name) => finding(name, 1, "does not belong to the top level"));
}

const emptyWords = ["utils", "util", "helpers", "helper", "common", "types", "misc"];

/** A file is named after what it holds. */
export function nameFindings(path: string): Finding[] {
  const words = path.split(/[/.-]/);
  return words.some((word) => emptyWords.includes(word))
    ? [finding(path, 1, "has a name that says nothing")]
    : [];
}

const machinePath = /(?<![\w./-])\/(?:home|root|Users|work|tmp)\/[\w.-]+/g;

/** Paths of somebody's machine mean nothing on another. */
export function machinePathFindings({ path, text }: TextFile): Finding[] {
  return text
    .split("\n")
    .flatMap((line, index) =>
      [...line.matchAll(machinePath)].map(([found]) =>
        finding(path, index + 1, `names a path of a machine, ${found}`),
      ),
    );
}
