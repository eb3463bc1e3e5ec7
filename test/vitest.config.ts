import { fileURLToPath } from "node:url";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const pathOf = (fromHere: string) => fileURLToPath(new URL(fromHere, import.meta.url));

const mirroredFolders = "wallet,registry,services,http,dialects,events,webhooks,otp,limits,console";

/** Secrets of no deployment. */
const testBindings = {
  GUERDON_ENVIRONMENT: "local",
  GUERDON_ADMIN_TOKEN: "dev_admin_token",
  GUERDON_MASTER_KEYS: JSON.stringify({
    current: "1",
    keys: { "1": Buffer.alloc(32, "guerdon test key").toString("base64") },
  }),
  GUERDON_MALFORMED_REQUESTS: process.env.GUERDON_MALFORMED_REQUESTS ?? "",
  GUERDON_MALFORMED_SEED: process.env.GUERDON_MALFORMED_SEED ?? "",
  GUERDON_MODEL_RUNS: process.env.GUERDON_MODEL_RUNS ?? "",
  GUERDON_MODEL_SEED: process.env.GUERDON_MODEL_SEED ?? "",
};

const inWorkerd = () => ({
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
});

/** The domain knows no storage, so its tests need not wait for a database. */
const core = {
  ...inWorkerd(),
  test: { name: "core", include: ["test/core/**/*.test.ts"] },
};

const workers = {
  ...inWorkerd(),
  test: {
    name: "workers",
    include: [`test/{${mirroredFolders}}/**/*.test.ts`, "test/app.test.ts"],
    setupFiles: [pathOf("support/apply-migrations.ts")],
    // A busy machine is no failure.
    testTimeout: 20_000,
  },
};

const node = {
  test: {
    name: "node",
    include: ["test/tidy.test.ts", "test/{scripts,e2e}/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
};

export default defineConfig({
  root: pathOf(".."),
  test: { maxWorkers: 3, projects: [core, workers, node] },
});
