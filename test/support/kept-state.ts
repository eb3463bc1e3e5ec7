import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { objectIds } from "./objects.ts";

/** Objects that keep something of a merchant; the rate limiter's buckets are not among them. */
const NAMESPACES = ["WALLETS", "OTPS", "PROJECTORS", "ENDPOINTS"] as const;

async function objectsWithRows(): Promise<string[]> {
  const found: string[] = [];
  for (const name of NAMESPACES) {
    const namespace = env[name] as DurableObjectNamespace;
    for (const id of await objectIds(name)) {
      const rows = await runInDurableObject(namespace.get(id), (_object, { storage }) =>
        rowsOf(storage.sql),
      );
      if (rows.length > 0) found.push(`${name} ${id}\n${rows.join("\n")}`);
    }
  }
  return found.sort();
}

/** Rows of an object's private tables, and of its key-value storage; none for one never used. */
function rowsOf(sql: SqlStorage): string[] {
  const tables = [
    ...sql.exec<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'schema'",
    ),
  ];
  return tables
    .filter(({ name }) => !name.startsWith("_cf_") || name === "_cf_KV")
    .flatMap(({ name }) => {
      try {
        return [...sql.exec(`SELECT * FROM "${name}"`)].map((row) => `${name} ${text(row)}`);
      } catch {
        return [];
      }
    });
}

/** All tables but that of when keys were used, which no call is told by. */
async function d1Tables(): Promise<string[]> {
  const { results } = await env.DB.prepare(
    `SELECT name FROM sqlite_schema WHERE type = 'table'
     AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'
     AND name <> 'key_uses'`,
  ).all<{ name: string }>();
  const queries = results.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`));
  const tables = await env.DB.batch(queries);
  return results
    .map(({ name }, i) => [name, ...(tables[i]?.results.map(text).sort() ?? [])].join("\n"))
    .sort();
}

function text(row: unknown): string {
  return JSON.stringify(row, (_key, value: unknown) =>
    value instanceof ArrayBuffer ? [...new Uint8Array(value)].join(" ") : value,
  );
}

/** All that is kept anywhere: every table of D1 and every row of every object. */
export async function keptState(): Promise<string> {
  return [...(await d1Tables()), ...(await objectsWithRows())].join("\n\n");
}

const PAUSE_MS = 60;
const MAX_ROUNDS = 40;

/**
 * Lets everything that is under way come to rest: deferred work, publications, hand-overs. At rest
 * is what looks the same after a pause; where nothing should happen, as it looked before.
 */
export async function settle(expected = ""): Promise<string> {
  let before = expected;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    for (const id of await objectIds("WALLETS")) {
      await runDurableObjectAlarm(env.WALLETS.get(id));
    }
    const now = await keptState();
    if (now === before) return now;
    before = now;
  }
  throw new Error("it never comes to rest");
}
