import { statfsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { SlowestFiles } from "./slowest-files.ts";

const pathOf = (fromHere: string) => fileURLToPath(new URL(fromHere, import.meta.url));

const MEMORY_DISK = "/dev/shm";
const GIBIBYTE = 2 ** 30;

/** Where stores of tests lie: each commit waits for its disk, so one in memory saves minutes. */
function storeFolder(): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(MEMORY_DISK);
    return bavail * bsize > 2 * GIBIBYTE ? MEMORY_DISK : undefined;
  } catch {
    return undefined;
  }
}

const folder = storeFolder();
if (folder !== undefined) process.env.TMPDIR ??= folder;

/** Secrets of no deployment. */
const testBindings = {
  GUERDON_ENVIRONMENT: "local",
  GUERDON_ADMIN_TOKEN: "dev_admin_token",
  GUERDON_PASSWORD_COST: "16",
  GUERDON_MASTER_KEYS: JSON.stringify({
    current: "1",
    keys: { "1": Buffer.alloc(32, "guerdon test key").toString("base64") },
  }),
  GUERDON_MALFORMED_REQUESTS: process.env.GUERDON_MALFORMED_REQUESTS ?? "",
  GUERDON_MALFORMED_SEED: process.env.GUERDON_MALFORMED_SEED ?? "",
  GUERDON_MODEL_RUNS: process.env.GUERDON_MODEL_RUNS ?? "",
  GUERDON_MODEL_SEED: process.env.GUERDON_MODEL_SEED ?? "",
};

const { GUERDON_PROPERTY_SEED: propertySeed = "" } = process.env;
const properties = {
  provide: { propertySeed: propertySeed === "" ? null : Number(propertySeed) },
  setupFiles: pathOf("support/properties.ts"),
};

/** Packages of the service and of its tests; bundled once, or each file of them is fetched. */
const packages = [
  "drizzle-orm",
  "drizzle-orm/d1",
  "drizzle-orm/sqlite-core",
  "fast-check",
  "fast-xml-parser",
  "hono",
  "temporal-polyfill",
  "ulid",
  "zod",
];

/**
 * Tests that share a runtime: starting one and loading the service costs more than most files take.
 * In one endless runtime they would get slower and slower, so each folder has its own.
 */
const inWorkerd = (name: string, include: readonly string[]) => ({
  plugins: [
    cloudflareTest(async () => ({
      wrangler: { configPath: pathOf("../wrangler.toml") },
      miniflare: {
        bindings: {
          ...testBindings,
          TEST_MIGRATIONS: await readD1Migrations(pathOf("../migrations/d1")),
        },
      },
    })),
  ],
  test: {
    name,
    include: [...include],
    isolate: false,
    provide: properties.provide,
    setupFiles: [pathOf("support/fresh-store.ts"), properties.setupFiles],
    deps: { optimizer: { ssr: { enabled: true, include: packages } } },
    // A busy machine is no failure.
    testTimeout: 20_000,
  },
});

/** The domain knows no platform, so its tests need none. */
const core = {
  test: {
    name: "core",
    include: ["test/core/**/*.test.ts", "test/{env,log,memory}.test.ts"],
    pool: "threads" as const,
    isolate: false,
    provide: properties.provide,
    setupFiles: [properties.setupFiles],
  },
};

const node = {
  test: {
    name: "node",
    include: ["test/tidy.test.ts", "test/{tidy,scripts}/**/*.test.ts", "test/e2e/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
};

/** The service as its users run it, with the demo data: one for all of these. */
const demo = {
  test: {
    name: "demo",
    include: ["test/e2e/demo/*.test.ts"],
    globalSetup: pathOf("e2e/demo/shared-service.ts"),
    testTimeout: 120_000,
  },
};

export default defineConfig({
  root: pathOf(".."),
  test: {
    maxWorkers: 2,
    reporters: ["default", new SlowestFiles()],
    projects: [
      core,
      inWorkerd("wallet", ["test/{wallet,registry}/**/*.test.ts"]),
      inWorkerd("edge", [
        "test/{services,events,webhooks,otp,limits}/**/*.test.ts",
        "test/http/{*,wire/*}.test.ts",
        "test/dialects/*.test.ts",
        "test/app.test.ts",
      ]),
      inWorkerd("kirimel", ["test/dialects/kirimel/**/*.test.ts"]),
      inWorkerd("augmigo", ["test/dialects/augmigo/**/*.test.ts"]),
      inWorkerd("imonggo", ["test/dialects/imonggo/**/*.test.ts"]),
      inWorkerd("native", ["test/dialects/{native,microgenn}/**/*.test.ts"]),
      inWorkerd("malformed", ["test/http/malformed/*.test.ts"]),
      demo,
      node,
    ],
  },
});
