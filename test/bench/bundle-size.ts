import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildBundle } from "../../scripts/bundle.ts";
import { readDeclaration } from "../../scripts/declaration.ts";
import { projectConfig } from "../../scripts/project.ts";
import { runWrangler } from "../../scripts/wrangler.ts";

/** What a deployment uploads, without source maps. */
export interface BundleSize {
  readonly raw_bytes: number;
  readonly gzip_bytes: number;
}

export async function measureBundle(): Promise<BundleSize> {
  const { main, moduleRules } = await readDeclaration(projectConfig);
  const modules = await buildBundle(projectConfig, main, moduleRules);
  const bytes = Buffer.concat(modules.map(({ contents }) => Buffer.from(contents)));
  return { raw_bytes: bytes.length, gzip_bytes: gzipSync(bytes).length };
}

interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { functionName: string } }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/**
 * Processor time in milliseconds that the Worker takes to start, by `wrangler check startup`; null
 * where that does not work.
 */
export async function measureStartup(state: string): Promise<number | null> {
  const path = join(state, "startup.cpuprofile");
  try {
    await runWrangler(projectConfig, ["check", "startup", "--outfile", path]);
    return activeMs(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return null;
  }
}

function activeMs({ nodes, samples, timeDeltas }: CpuProfile): number {
  const idle = new Set(
    nodes.filter(({ callFrame }) => callFrame.functionName === "(idle)").map(({ id }) => id),
  );
  const microseconds = samples.reduce(
    (sum, node, i) => sum + (idle.has(node) ? 0 : (timeDeltas[i] ?? 0)),
    0,
  );
  return Math.round(microseconds / 100) / 10;
}
