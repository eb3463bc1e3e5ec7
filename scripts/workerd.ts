import { AsyncLocalStorage } from "node:async_hooks";
import { type ChildProcess, spawn } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";

interface Owner {
  workerd?: ChildProcess;
}

/**
 * Miniflare keeps its runtime process private, and replaces it after a crash. Node announces every
 * child process; the asynchronous context tells which Miniflare started it.
 */
const owners = new AsyncLocalStorage<Owner>();

subscribe("child_process", (message) => {
  const owner = owners.getStore();
  if (owner !== undefined) {
    const workerd = (message as { process: ChildProcess }).process;
    owner.workerd = workerd;
    workerd.once("spawn", () => owners.exit(() => guard(workerd)));
  }
});

/** Runs `start` and returns its result with the process id of the workerd it started last. */
export function trackWorkerd<T>(start: () => T): { started: T; pid: () => number | undefined } {
  const owner: Owner = {};
  return { started: owners.run(owner, start), pid: () => owner.workerd?.pid };
}

/**
 * workerd outlives a parent that is killed hard, and would keep the port and the state locked. The
 * guard waits on a pipe that the operating system closes when this process ends in whatever way.
 */
function guard(workerd: ChildProcess): void {
  const watcher = spawn("/bin/sh", ["-c", 'read -r _; kill -KILL "$0"', String(workerd.pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watcher.unref();
  workerd.once("exit", () => watcher.kill("SIGKILL"));
}
