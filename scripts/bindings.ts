import { projectConfig } from "./project.ts";
import { runWrangler } from "./wrangler.ts";

/** Writes, or with `--check` compares, the types of what wrangler.toml binds. */
const flags = ["--include-runtime=false", "--strict-vars=false", ...process.argv.slice(2)];

try {
  await runWrangler(projectConfig, ["types", "src/worker.d.ts", ...flags]);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
