import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** Runs one of the scripts behind `npm run`; fails with what it printed. */
async function run(script: string, ...flags: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...flags], {
    cwd: repository,
  });
  return stdout;
}

interface Rows {
  readonly read: number;
  readonly written: number;
}

describe("npm run chaos", () => {
  it("finds nothing lost and nothing doubled after the service was killed", async () => {
    const printed = await run("test/chaos/run.ts", "--quick", "--kills", "1");
    expect(printed).toContain("everything that was promised is there, once");
    expect(printed).toMatch(/^kills +1$/m);
  });
});

describe("npm run bench", () => {
  it("counts few rows for each command, however long the ledger is", async () => {
    const folder = await mkdtemp(join(tmpdir(), "guerdon-counts-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, "report.json");
    await run("test/bench/run.ts", "--counts", "--json", file);
    const report = JSON.parse(await readFile(file, "utf8"));
    for (const operation of ["earn", "redeem"]) {
      const sizes: readonly Rows[] = Object.values(report.rows[operation]);
      expect(sizes).toHaveLength(3);
      for (const { read, written } of sizes) {
        expect(read, `rows read per ${operation}`).toBeLessThanOrEqual(8);
        expect(written, `rows written per ${operation}`).toBeLessThanOrEqual(5);
        expect({ read, written }).toEqual(sizes[0]);
      }
      expect(report.d1_statements_on_path[operation]).toBe(0);
    }
    expect(report.bundle.gzip_bytes).toBeLessThanOrEqual(400 * 1_024);
  });
});
