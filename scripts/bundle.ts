import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join, matchesGlob, parse } from "node:path";
import type { ModuleRules } from "./declaration.ts";
import { runWrangler } from "./wrangler.ts";

type ModuleType = ModuleRules[number]["type"];

export interface BundledModule {
  type: ModuleType;
  path: string;
  contents: string | Uint8Array<ArrayBuffer>;
}

const textTypes: readonly ModuleType[] = ["ESModule", "CommonJS", "Text"];

/**
 * Builds what `wrangler deploy` would upload and returns it with the main module first.
 * The rules tell text modules (SQL, HTML) from binary ones, as they do for wrangler.
 */
export async function buildBundle(
  config: string,
  main: string,
  rules: ModuleRules,
  signal?: AbortSignal,
): Promise<BundledModule[]> {
  const folder = await mkdtemp(join(tmpdir(), "guerdon-bundle-"));
  try {
    await runWrangler(config, ["deploy", "--dry-run", "--outdir", folder], signal);
    return await readModules(folder, `${parse(main).name}.js`, rules);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readModules(
  folder: string,
  mainModule: string,
  rules: ModuleRules,
): Promise<BundledModule[]> {
  const besideTheModules = (name: string) => name === "README.md" || extname(name) === ".map";
  const names = (await readdir(folder)).filter((name) => !besideTheModules(name));
  names.sort((a, b) => Number(b === mainModule) - Number(a === mainModule));
  return Promise.all(
    names.map(async (name) => {
      const type = name === mainModule ? "ESModule" : moduleType(name, rules);
      const bytes = Uint8Array.from(await readFile(join(folder, name)));
      const contents = textTypes.includes(type) ? new TextDecoder().decode(bytes) : bytes;
      return { type, path: name, contents };
    }),
  );
}

function moduleType(name: string, rules: ModuleRules): ModuleType {
  const rule = rules.find(({ include }) => include.some((glob) => matchesGlob(name, glob)));
  if (rule === undefined) {
    throw new Error(`no rule in wrangler.toml covers the module ${name}`);
  }
  return rule.type;
}
