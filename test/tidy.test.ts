import { describe, expect, it } from "vitest";
import { BUGS } from "./planted/bugs.ts";
import { cycleFindings } from "./tidy/cycles.ts";
import { docCommentFindings, pathFindings } from "./tidy/documentation.ts";
import { FILE_SECONDS, SLOW_FILES } from "./tidy/durations.ts";
import { folderFindings } from "./tidy/folders.ts";
import { importFindings } from "./tidy/imports.ts";
import { sizeFindings, syntaxFindings } from "./tidy/limits.ts";
import { machinePathFindings, nameFindings, topLevelFindings } from "./tidy/names.ts";
import { firstTable, plantedFindings, plantedRow } from "./tidy/planted.ts";
import { filesBelow, parse, readText, topLevelNames } from "./tidy/source.ts";

const generated = ["src/worker.d.ts"];
const paths = ["src", "test", "scripts"].flatMap(filesBelow);
const sources = paths
  .filter((path) => path.endsWith(".ts") && !generated.includes(path))
  .map((path) => parse(readText(path)));

describe("the repository", () => {
  it("imports along the import table only", () => {
    expect(sources.flatMap(importFindings)).toEqual([]);
  });

  it("has no modules in src that import each other in a circle", () => {
    expect(cycleFindings(sources.filter(({ path }) => path.startsWith("src/")))).toEqual([]);
  });

  it("keeps its limits of size", () => {
    expect(sources.flatMap(sizeFindings)).toEqual([]);
  });

  it("does without the constructs it bans", () => {
    expect(sources.flatMap(syntaxFindings)).toEqual([]);
  });

  it("says what it exports", () => {
    expect(sources.flatMap(docCommentFindings)).toEqual([]);
  });

  it("names its files after what they hold", () => {
    expect(paths.flatMap(nameFindings)).toEqual([]);
  });

  it("keeps its folders small enough to be looked through", () => {
    expect(folderFindings(paths)).toEqual([]);
  });

  it("excuses only tests that are there from being quick, and says why", () => {
    expect(Object.keys(SLOW_FILES).filter((path) => !paths.includes(path))).toEqual([]);
    const limits = Object.values(SLOW_FILES).map(({ seconds }) => seconds);
    expect(limits.filter((seconds) => seconds <= FILE_SECONDS)).toEqual([]);
  });

  it("holds nothing else at the top level", () => {
    expect(topLevelFindings(topLevelNames())).toEqual([]);
  });

  it("names only files that exist in its documents", () => {
    const documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "test/README.md"];
    const conformance = filesBelow("test").filter((path) => /^test\/dialects\/.*\.md$/.test(path));
    expect([...documents, ...conformance].map(readText).flatMap((file) => pathFindings(file)))
      // A line of its own, so that the diff shows the findings.
      .toEqual([]);
  });

  it("names no path of somebody's machine", () => {
    const folders = ["src", "test", "scripts", "migrations", ".ci"].flatMap(filesBelow);
    const files = topLevelNames().filter((name) => /\.(md|json|toml)$/.test(name));
    expect([...folders, ...files].map(readText).flatMap(machinePathFindings)).toEqual([]);
  });

  it("can plant each bug of the list, and has the test that catches it", () => {
    expect(BUGS.flatMap((bug) => plantedFindings(bug, readText))).toEqual([]);
  });

  it("tells in test/README.md of the bugs that it plants", () => {
    expect(firstTable(readText("test/README.md"))).toEqual(BUGS.map(plantedRow));
  });
});
