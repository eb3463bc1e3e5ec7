import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { repository, topLevelNames } from "../tidy/source.ts";
import { BUGS, type Bug } from "./bugs.ts";

/** What the JSON reporter writes, as far as it matters here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** `broken`: the test did not run, or failed in another way than by its own judgement. */
type Verdict = "caught" | "survived" | "broken";

const usage = "npm run planted -- [--only NAME]\n";

/** Long enough for any one of the tests, also on a slow machine. */
const DEADLINE_MS = 300_000;

function main(): void {
  const { values } = parseArgs({
    options: { only: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    return;
  }
  const bugs = BUGS.filter(({ name }) => values.only === undefined || name === values.only);
  if (bugs.length === 0) throw new Error(`no bug is called ${values.only}\n${usage}`);
  const folder = mkdtempSync(join(tmpdir(), "guerdon-planted-"));
  try {
    copyTree(folder);
    demandPassing(folder, bugs);
    const verdicts = bugs.map((bug) => plant(folder, bug));
    process.stdout.write(tableOf(bugs, verdicts));
    if (verdicts.some((verdict) => verdict !== "caught")) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copyTree(folder: string): void {
  for (const name of topLevelNames()) {
    cpSync(join(repository, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "dir");
}

/** A test that fails anyway would catch every bug. */
function demandPassing(folder: string, bugs: readonly Bug[]): void {
  process.stderr.write(`${bugs.length} tests without any bug\n`);
  const report = runTests(folder, bugs);
  const failing = bugs.filter((bug) => verdictOn(report, bug) !== "survived");
  if (failing.length === 0) return;
  const named = failing.map(({ test, title }) => `${test}: ${title}`).join("\n");
  throw new Error(`these do not pass without a bug:\n${named}`);
}

/** Plants a bug, runs its test, and takes the bug out again. */
function plant(folder: string, bug: Bug): Verdict {
  const path = join(folder, bug.file);
  const right = readFileSync(path, "utf8");
  const [before, after, ...more] = right.split(bug.from);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`${bug.name}: its text is not exactly once in ${bug.file}`);
  }
  writeFileSync(path, before + bug.to + after);
  try {
    const verdict = verdictOn(runTests(folder, [bug]), bug);
    process.stderr.write(`${bug.name}: ${verdict}\n`);
    return verdict;
  } finally {
    writeFileSync(path, right);
  }
}

/** Runs exactly the named tests in the copy; null when there was nothing to report. */
function runTests(folder: string, bugs: readonly Bug[]): Report | null {
  const output = join(folder, "report.json");
  rmSync(output, { force: true });
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...["node_modules/vitest/vitest.mjs", "run", "--config", "test/vitest.config.ts"],
      // Each path is in one project; those in Node are not among them.
      ...["--project", "!node"],
      ...["--testNamePattern", bugs.map(({ title }) => `${patternOf(title)}$`).join("|")],
      ...["--reporter", "json", "--outputFile", output],
      ...new Set(bugs.map(({ test }) => test)),
    ],
    { cwd: folder, encoding: "utf8", timeout: DEADLINE_MS },
  );
  try {
    return JSON.parse(readFileSync(output, "utf8")) as Report;
  } catch {
    process.stderr.write(stdout + stderr);
    return null;
  }
}

function verdictOn(report: Report | null, bug: Bug): Verdict {
  const title = new RegExp(`^${patternOf(bug.title)}$`);
  const results = (report?.testResults ?? [])
    .filter(({ name }) => name.endsWith(bug.test))
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((result) => title.test(result.title));
  const failures = results.flatMap(({ failureMessages }) => failureMessages);
  if (failures.some((message) => message.startsWith("AssertionError"))) return "caught";
  const passed = results.length > 0 && results.every(({ status }) => status === "passed");
  return passed ? "survived" : "broken";
}

/** A regular expression for a title, in whose placeholders anything may stand. */
function patternOf(title: string): string {
  return title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/%\w|\\\$\w+/g, ".*");
}

function tableOf(bugs: readonly Bug[], verdicts: readonly Verdict[]): string {
  const width = Math.max(...bugs.map(({ name }) => name.length));
  const rows = bugs.map(
    ({ name, test, title }, i) => `${name.padEnd(width)}  ${verdicts[i]}  ${test}: ${title}\n`,
  );
  const caught = verdicts.filter((verdict) => verdict === "caught").length;
  return `${rows.join("")}${caught} of ${bugs.length} bugs were caught\n`;
}

main();
