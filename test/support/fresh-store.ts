import type { D1Migration } from "cloudflare:test";
import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, expect, vi } from "vitest";
import { forgetAll } from "../../src/memory.ts";
import { leaveObjects } from "./objects.ts";
import { planFindings, watchStatements } from "./plans.ts";

declare global {
  namespace Cloudflare {
    interface Env {
      TEST_MIGRATIONS: D1Migration[];
    }
  }
}

// Files share a runtime. Each of them finds it as the first one did: an empty store, an isolate
// that remembers nothing, a clock that goes.
vi.restoreAllMocks();
vi.useRealTimers();
forgetAll();
await reset();
await leaveObjects();

const made = await env.DB.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'merchants'").first();
if (made === null) {
  // One batch: applying them one by one, with a record of each, took most of a file's time.
  const queries = env.TEST_MIGRATIONS.flatMap((migration) => migration.queries);
  await env.DB.batch(queries.map((query) => env.DB.prepare(query)));
}

// Whatever a file has the registry do, no statement of it goes through what grows.
watchStatements();
afterAll(async () => {
  expect(await planFindings()).toEqual([]);
});
