import { readdirSync, readFileSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { fileURLToPath } from "node:url";
import { type Comment, type Program, parseSync, Visitor } from "oxc-parser";

/** A file of the repository; `path` is relative to its top level, with slashes. */
export interface TextFile {
  path: string;
  text: string;
}

/** A TypeScript file, read once and handed to every rule. */
export interface Source extends TextFile {
  program: Program;
  comments: readonly Comment[];
  modules: readonly ImportedModule[];
  lineOf(offset: number): number;
}

export interface ImportedModule {
  specifier: string;
  line: number;
}

/** `path:line message`, the form that editors and terminals turn into a link. */
export type Finding = string;

export const repository = fileURLToPath(new URL("../..", import.meta.url));

export function finding(path: string, line: number, message: string): Finding {
  return `${path}:${line} ${message}`;
}

export function parse({ path, text }: TextFile): Source {
  const { program, comments, module, errors } = parseSync(path, text);
  if (errors.length > 0) {
    throw new Error(`${path} does not parse: ${errors.map(({ message }) => message).join("; ")}`);
  }
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const lineOf = (offset: number) => lineStarts.findLastIndex((start) => start <= offset) + 1;
  const quoted = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest ?? []),
    ),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
      value: text.slice(start + 1, end - 1),
      start,
    })),
  ];
  new Visitor({
    TSImportType: ({ source }) => quoted.push(source),
  }).visit(program);
  const modules = quoted.map(({ value, start }) => ({ specifier: value, line: lineOf(start) }));
  return { path, text, program, comments, modules, lineOf };
}

/** Names in .gitignore, so that what a checkout does not hold is not judged. */
const ignored = readFileSync(join(repository, ".gitignore"), "utf8")
  .split("\n")
  .map((line) => line.replace(/\/$/, ""))
  .filter((line) => line !== "");

export function topLevelNames(): string[] {
  return readdirSync(repository).filter(
    (name) => name !== ".git" && !ignored.some((pattern) => matchesGlob(name, pattern)),
  );
}

/** Every file below one entry of the top level. */
export function filesBelow(entry: string): string[] {
  return readdirSync(join(repository, entry), { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name).slice(repository.length))
    .map((path) => path.replaceAll("\\", "/"));
}

export function readText(path: string): TextFile {
  return { path, text: readFileSync(join(repository, path), "utf8") };
}
