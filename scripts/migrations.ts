import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";

/** Where wrangler notes what it has applied. */
const NOTES = "d1_migrations";

/**
 * Applies a folder's migrations to a local database and notes them as wrangler does, so that either
 * goes on where the other stopped; each file as one batch, which is kept as a whole or not at all.
 * `wrangler d1 migrations apply` does the same, but starts a runtime for every file.
 */
export async function applyMigrations(
  db: D1Database,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  await db
    .prepare(`CREATE TABLE IF NOT EXISTS ${NOTES} (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT UNIQUE,
      applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
    )`)
    .run();
  const noted = await db.prepare(`SELECT name FROM ${NOTES}`).all<{ name: string }>();
  const applied = new Set(noted.results.map(({ name }) => name));
  const files = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  const pending = files.filter((name) => !applied.has(name));
  if (pending.length === 0) return;
  // Loading it takes longer than finding that nothing is to be done.
  const { unstable_splitSqlQuery } = await import("wrangler");
  for (const name of pending) {
    signal?.throwIfAborted();
    const script = await readFile(join(folder, name), "utf8");
    const statements = unstable_splitSqlQuery(script).map((statement) => db.prepare(statement));
    const note = db.prepare(`INSERT INTO ${NOTES} (name) VALUES (?)`).bind(name);
    await db.batch([...statements, note]);
  }
}
