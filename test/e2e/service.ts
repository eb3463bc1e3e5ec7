import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { areRunning, processTree } from "./processes.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** What everybody types, and the command behind it that npm starts. */
export const commands = {
  npmStart: ["npm", "start"],
  startScript: [process.execPath, "scripts/start.ts"],
} as const;

/** A start of the service as a process of its own. */
export class Service {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown[]>;
  stdout = "";
  stderr = "";

  constructor([command, ...args]: readonly [string, ...string[]], env: Record<string, string>) {
    this.#child = spawn(command, args, {
      cwd: repository,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#exited = once(this.#child, "close");
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
  }

  get processes(): number[] {
    return this.#child.pid === undefined ? [] : processTree(this.#child.pid);
  }

  /** Waits until the service has printed something, or fails with what it printed instead. */
  async printed(expected: RegExp): Promise<void> {
    while (!expected.test(this.stdout)) {
      if (this.#child.exitCode !== null) {
        throw new Error(`the service ended before it was ready:\n${this.stdout}${this.stderr}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async exit(): Promise<number | null> {
    await this.#exited;
    return this.#child.exitCode;
  }

  /** Sends a signal and tells how the service ended, how long it took and what it left behind. */
  async end(
    signal: NodeJS.Signals,
  ): Promise<{ code: number | null; seconds: number; left: number[] }> {
    const tree = this.processes;
    const sent = Date.now();
    this.#child.kill(signal);
    const code = await this.exit();
    const seconds = (Date.now() - sent) / 1000;
    return { code, seconds, left: areRunning(tree) };
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") {
    throw new Error("the probe listens on no port");
  }
  return address.port;
}
