import { availableParallelism, loadavg } from "node:os";
import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { durationFindings, slowestFiles } from "./tidy/durations.ts";
import { repository } from "./tidy/source.ts";

/**
 * How much slower than an idle machine this one is: `GUERDON_SLOW_FACTOR`, or else by how many
 * processes waited for each processor in the last minutes.
 */
export function slowFactor(): number {
  const told = Number(process.env.GUERDON_SLOW_FACTOR ?? "");
  const [, load = 0] = loadavg();
  return told > 0 ? told : Math.max(1, load / availableParallelism());
}

/** Tells the slowest files of tests at the end of a run, and fails it when one is too slow. */
export class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = modules.map((module) => ({
      path: relative(repository, module.moduleId).replaceAll("\\", "/"),
      seconds: module.diagnostic().duration / 1_000,
    }));
    if (files.length < 2) return;
    const lines = ["", "The slowest files:", ...slowestFiles(files), ""];
    process.stdout.write(`${lines.join("\n")}\n`);
    const findings = durationFindings(files, slowFactor());
    if (findings.length === 0) return;
    process.stderr.write(`Too slow, see test/README.md:\n${findings.join("\n")}\n\n`);
    process.exitCode = 1;
  }
}
