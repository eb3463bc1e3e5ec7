import { posix } from "node:path";
import { type Finding, finding, type Source } from "./source.ts";

interface Neighbours {
  /** Folders of src, or single modules of one, that a folder may import. */
  folders: readonly string[];
  /** Packages that few may import, of those in `guardedPackages`. */
  packages?: readonly string[];
  /** Whether migrations are bundled as text. */
  migrations?: boolean;
}

/** The import table of ARCHITECTURE.md; the linter holds the same one. */
const table: Readonly<Record<string, Neighbours>> = {
  core: { folders: [] },
  registry: { folders: ["core", "env"], packages: ["drizzle-orm"] },
  wallet: {
    folders: ["core", "events/client", "env", "log", "ulid"],
    packages: ["cloudflare:workers"],
    migrations: true,
  },
  events: {
    folders: ["core", "registry", "wallet/client", "webhooks/client", "env", "log", "ulid"],
    packages: ["cloudflare:workers"],
    migrations: true,
  },
  webhooks: { folders: ["core", "events/client", "env", "log"], packages: ["cloudflare:workers"] },
  otp: { folders: ["core", "env", "log"], packages: ["cloudflare:workers"], migrations: true },
  limits: {
    folders: ["core", "env", "log", "memory"],
    packages: ["cloudflare:workers"],
    migrations: true,
  },
  services: {
    folders: [
      "core",
      "registry",
      "wallet/client",
      "events/client",
      "webhooks/client",
      "otp/client",
      "log",
      "memory",
      "ulid",
    ],
  },
  http: {
    folders: ["core", "services/context", "limits/client", "log", "memory", "ulid"],
    packages: ["hono"],
  },
  dialects: { folders: ["core", "services", "http"], packages: ["hono"] },
  console: { folders: ["services", "http"], packages: ["hono"] },
};

const everyFolder = [...Object.keys(table), "env", "log", "memory", "ulid", "app"];

/** Modules that may import something else than their folder. */
const exceptions: Readonly<Record<string, Neighbours>> = {
  "src/index.ts": { folders: everyFolder, packages: ["cloudflare:workers"] },
  "src/app.ts": { folders: everyFolder, packages: ["hono"] },
  "src/env.ts": { folders: [] },
  "src/log.ts": { folders: [] },
  "src/memory.ts": { folders: [] },
  "src/ulid.ts": { folders: [] },
  "src/services/context.ts": { folders: [...(table.services?.folders ?? []), "env"] },
  "src/wallet/texts.ts": {
    folders: table.wallet?.folders ?? [],
    packages: ["node:crypto"],
  },
  "src/services/access/passwords.ts": {
    folders: table.services?.folders ?? [],
    packages: ["node:crypto"],
  },
};

const guardedPackages = [/^drizzle-orm\b/, /^@?hono\b/, /^cloudflare:/, /^node:/];

/** Design rule: what may import what within src. */
export function importFindings(source: Source): Finding[] {
  if (!source.path.startsWith("src/")) {
    return [];
  }
  const home = homeOf(source.path);
  const allowed = exceptions[source.path] ?? table[home.folder];
  if (allowed === undefined || home.unit === undefined) {
    return [finding(source.path, 1, "belongs to no folder of the import table")];
  }
  return source.modules.flatMap(({ specifier, line }) => {
    const fault = specifier.startsWith(".")
      ? relativeFault(source.path, specifier, allowed)
      : packageFault(home.folder, specifier, allowed);
    return fault === null ? [] : [finding(source.path, line, fault)];
  });
}

/** The folder of a path below src, and the unit within which imports are free. */
function homeOf(path: string): { folder: string; unit: string | undefined } {
  const [folder = "", dialect] = path.slice("src/".length).replace(/\.ts$/, "").split("/");
  const unit = folder === "dialects" ? dialectUnit(path, dialect) : folder;
  return { folder, unit };
}

function dialectUnit(path: string, dialect: string | undefined): string | undefined {
  return path.split("/").length > 3 ? `dialects/${dialect}` : undefined;
}

function relativeFault(from: string, specifier: string, allowed: Neighbours): string | null {
  const target = posix.join(posix.dirname(from), specifier);
  if (target.startsWith("migrations/") && target.endsWith(".sql")) {
    return allowed.migrations ? null : `imports ${target}, which only its object may`;
  }
  if (!target.startsWith("src/")) {
    return `imports ${target} from outside src`;
  }
  if (!target.endsWith(".ts")) {
    return `imports ${specifier} without its .ts ending`;
  }
  const { folder, unit } = homeOf(target);
  const module = target.slice("src/".length, -".ts".length);
  const isFree = unit !== undefined && unit === homeOf(from).unit;
  return isFree || allowed.folders.includes(folder) || allowed.folders.includes(module)
    ? null
    : `imports ${target}, which is no neighbour`;
}

function packageFault(folder: string, specifier: string, allowed: Neighbours): string | null {
  const isAllowed = (allowed.packages ?? []).some(
    (name) => specifier === name || specifier.startsWith(`${name}/`) || scopeOf(specifier) === name,
  );
  const isGuarded = folder === "core" || guardedPackages.some((pattern) => pattern.test(specifier));
  return isGuarded && !isAllowed ? `imports ${specifier}, which is not for this module` : null;
}

/** `hono` for `@hono/zod-openapi`. */
function scopeOf(specifier: string): string | undefined {
  return /^@([^/]+)\//.exec(specifier)?.[1];
}
