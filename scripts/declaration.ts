import type { V4WorkerOptions } from "miniflare";
import type { SourcelessWorkerOptions } from "wrangler";

export type ModuleRules = NonNullable<SourcelessWorkerOptions["modulesRules"]>;

/** A D1 database as wrangler.toml declares it. */
export interface DeclaredDatabase {
  binding: string;
  /** Folder of its migrations, beside wrangler.toml; `migrations` unless told. */
  migrations_dir?: string | undefined;
}

/** What wrangler.toml says about the Worker, so that nothing is declared twice. */
export interface Declaration {
  name: string;
  main: string;
  vars: V4WorkerOptions["bindings"];
  crons: readonly string[];
  databases: readonly DeclaredDatabase[];
  /** Which modules are text and which are binary. */
  moduleRules: ModuleRules;
  /** Everything else: compatibility, objects, databases, assets. */
  workerOptions: Omit<SourcelessWorkerOptions, "modulesRules">;
}

export async function readDeclaration(config: string): Promise<Declaration> {
  // As a library, wrangler would tell on standard output where it found which setting.
  process.env.WRANGLER_LOG = "error";
  const wrangler = await import("wrangler");
  const { name, main, triggers, d1_databases } = wrangler.unstable_readConfig({ config });
  if (name === undefined || main === undefined) {
    throw new Error(`${config} names no Worker or no main module`);
  }
  const declared = wrangler.unstable_getMiniflareWorkerOptions(config);
  const { modulesRules: moduleRules = [], ...workerOptions } = declared.workerOptions;
  return {
    name,
    main,
    vars: workerOptions.bindings as V4WorkerOptions["bindings"],
    crons: triggers.crons ?? [],
    databases: d1_databases,
    moduleRules,
    workerOptions,
  };
}
