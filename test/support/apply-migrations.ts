import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { forgetAll } from "../../src/memory.ts";

declare global {
  namespace Cloudflare {
    interface Env {
      TEST_MIGRATIONS: D1Migration[];
    }
  }
}

const made = await env.DB.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'merchants'").first();
if (made === null) {
  // One batch: applying them one by one, with a record of each, took most of a file's time.
  const queries = env.TEST_MIGRATIONS.flatMap((migration) => migration.queries);
  await env.DB.batch(queries.map((query) => env.DB.prepare(query)));
}

forgetAll();
