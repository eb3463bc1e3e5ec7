import { defineConfig } from "drizzle-kit";

/** Paths are relative to the top level, where npm runs the command. */
export default defineConfig({
  dialect: "sqlite",
  schema: "src/registry/*/schema.ts",
  out: "migrations/d1",
});
