import { cp, mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import {
  convertV4MiniflareOptions,
  Log,
  LogLevel,
  Miniflare,
  type V4WorkerOptions,
} from "miniflare";
import { buildBundle } from "./bundle.ts";
import { runCrons } from "./cron.ts";
import type { Declaration } from "./declaration.ts";
import { readDeclaration } from "./declaration.ts";
import { localBindings } from "./local-settings.ts";
import { applyMigrations } from "./migrations.ts";
import { projectConfig } from "./project.ts";
import { lockState } from "./state-lock.ts";
import { trackWorkerd } from "./workerd.ts";

export interface RuntimeOptions {
  /** Port on 127.0.0.1; 0 takes a free one. */
  port: number;
  /** Folder that keeps D1, Durable Objects and the local master keys. */
  state: string;
  /** Variables beyond, or instead of, those of wrangler.toml and the local settings. */
  bindings?: Readonly<Record<string, string>>;
  /** The wrangler.toml to take everything else from; the project's own unless told. */
  config?: string;
  /** State folder whose D1 databases a fresh one starts with, instead of being migrated. */
  databasesOf?: string;
  /** Whether the state folder's databases are migrated already. */
  migrated?: boolean;
  /** Ends a start that is under way. */
  signal?: AbortSignal;
}

export interface Runtime {
  /** Address without trailing slash. */
  url: string;
  /** Process id of the workerd that serves now; another one after a crash. */
  workerdPid(): number | undefined;
  stop(): Promise<void>;
}

/** A Worker that does nothing. */
const IDLE = "export default {};";

const host = "127.0.0.1";
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Miniflare prints to standard output, which belongs to whoever started the runtime. */
class StandardErrorLog extends Log {
  protected override log(message: string): void {
    process.stderr.write(`${message}\n`);
  }
}

/**
 * Migrates the state folder and starts the production bundle on workerd, without the proxies of
 * `wrangler dev`: requests reach the Worker through a socket of its own.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const state = resolve(options.state);
  await mkdir(state, { recursive: true });
  const unlock = lockState(state);
  try {
    const runtime = await startOn(state, options);
    const stop = async () => {
      await runtime.stop();
      unlock();
    };
    return { ...runtime, stop };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function startOn(state: string, options: RuntimeOptions): Promise<Runtime> {
  const { signal, config = projectConfig } = options;
  const declared = await readDeclaration(config);
  const preparations = [
    buildBundle(config, declared.main, declared.moduleRules, signal),
    options.databasesOf === undefined
      ? migrateDatabases(config, options.migrated ? null : declared, state, signal)
      : copyDatabases(options.databasesOf, state),
  ] as const;
  // Even if one fails: the other's wrangler process must not outlive this call.
  await Promise.allSettled(preparations);
  const [modules] = await Promise.all(preparations);

  const worker = {
    ...declared.workerOptions,
    name: declared.name,
    modules,
    bindings: { ...declared.vars, ...(await localBindings(state)), ...options.bindings },
    unsafeDirectSockets: [{ host, port: options.port }],
  };
  const { started: miniflare, pid } = keepSignalHandlers(() =>
    trackWorkerd(() => new Miniflare(miniflareOptions(worker, state))),
  );
  try {
    const url = await miniflare.unsafeGetDirectURL(declared.name);
    const stopCrons = runCrons(declared.crons, async (cron, at) => {
      const target = await miniflare.getWorker(declared.name);
      await target.scheduled({ cron, scheduledTime: at });
    });
    const stop = async () => {
      stopCrons();
      await miniflare.dispose();
    };
    return { url: url.origin, workerdPid: pid, stop };
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
}

/**
 * Miniflare ends the process with 128 + n at a signal. That is right for a script that does not
 * care, and would overtake one that has a handler of its own.
 */
function keepSignalHandlers<T>(construct: () => T): T {
  const own = signals.map((name) => ({ name, handlers: process.listeners(name) }));
  const constructed = construct();
  for (const { name, handlers } of own.filter(({ handlers }) => handlers.length > 0)) {
    for (const added of process.listeners(name).filter((one) => !handlers.includes(one))) {
      process.removeListener(name, added);
    }
  }
  return constructed;
}

/** Migrates the databases of a declaration, if there is one, in a runtime that serves nothing. */
async function migrateDatabases(
  config: string,
  declared: Declaration | null,
  state: string,
  signal?: AbortSignal,
): Promise<void> {
  if (declared === null || declared.databases.length === 0) return;
  const { compatibilityDate, d1Databases } = declared.workerOptions;
  const worker = {
    name: declared.name,
    compatibilityDate,
    d1Databases,
    modules: [{ type: "ESModule", path: "index.mjs", contents: IDLE }],
  } as V4WorkerOptions;
  const miniflare = keepSignalHandlers(() => new Miniflare(miniflareOptions(worker, state)));
  try {
    for (const { binding, migrations_dir: folder = "migrations" } of declared.databases) {
      const db = await miniflare.getD1Database(binding, declared.name);
      await applyMigrations(db, resolve(dirname(config), folder), signal);
    }
  } finally {
    await miniflare.dispose();
  }
}

/** Makes a state folder with nothing in it but the project's migrated D1 databases. */
export async function makeDatabases(state: string): Promise<void> {
  await mkdir(state, { recursive: true });
  await migrateDatabases(projectConfig, await readDeclaration(projectConfig), state);
}

/** Where wrangler and miniflare keep the D1 databases of a state folder. */
function databaseFolder(state: string): string {
  return resolve(state, "v3/d1");
}

async function copyDatabases(from: string, state: string): Promise<void> {
  await cp(databaseFolder(from), databaseFolder(state), { recursive: true });
}

function miniflareOptions(worker: V4WorkerOptions, state: string) {
  return convertV4MiniflareOptions({
    workers: [worker],
    host,
    port: 0,
    // `wrangler d1 … --persist-to state` adds this folder, so both open the same database file.
    resourcePersistencePath: resolve(state, "v3"),
    cf: false,
    log: new StandardErrorLog(LogLevel.WARN),
    logRequests: false,
    handleStructuredLogs: ({ message }) => process.stderr.write(`${message}\n`),
    telemetry: { enabled: false },
  });
}
