import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

const wranglerFolder = dirname(createRequire(import.meta.url).resolve("wrangler/package.json"));

/** Keeps wrangler offline, non-interactive and silent except for warnings and errors. */
const quietEnvironment = {
  CI: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_LOG: "warn",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_WRITE_LOGS: "false",
};

/**
 * Runs one wrangler command; rejects with what it printed if it fails. When aborted, it rejects
 * only after the process has gone.
 */
export async function runWrangler(
  config: string,
  command: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const child = spawn(
    process.execPath,
    [join(wranglerFolder, "bin/wrangler.js"), ...command, "--config", basename(config)],
    {
      cwd: dirname(config),
      env: { ...process.env, ...quietEnvironment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => printed.push(text));
  }
  const terminate = () => child.kill("SIGTERM");
  signal?.addEventListener("abort", terminate);
  const [code] = await once(child, "close");
  signal?.removeEventListener("abort", terminate);
  signal?.throwIfAborted();
  if (code !== 0) {
    throw new Error(`wrangler ${command.join(" ")} failed:\n${printed.join("").trim()}`);
  }
}
