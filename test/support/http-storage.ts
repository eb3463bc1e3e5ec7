import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { objectIds } from "./objects.ts";
import { dumpStorage } from "./wallet.ts";

/** Names of the tables of D1 that the service made. */
async function tableNames(): Promise<string[]> {
  const query = `SELECT name FROM sqlite_schema WHERE type = 'table'
    AND name NOT GLOB '_cf_*' AND name NOT GLOB 'd1_*' AND name NOT GLOB 'sqlite_*' ORDER BY name`;
  const { results } = await env.DB.prepare(query).all<{ name: string }>();
  return results.map((row) => row.name);
}

/** When keys were used is noted after an answer, whatever it says: no call is told by it. */
const NOTED = "key_uses";

/** All rows of all tables of D1 that calls write, as one text. */
export async function dumpDatabase(): Promise<string> {
  const names = (await tableNames()).filter((name) => name !== NOTED);
  const answers = await env.DB.batch(names.map((name) => env.DB.prepare(`SELECT * FROM ${name}`)));
  const rows = answers.map(({ results }) => results.map((row) => JSON.stringify(row)).sort());
  return JSON.stringify(
    names.map((name, i) => [name, rows[i]]),
    null,
    1,
  );
}

/**
 * All that every wallet keeps, as one text. An object without rows is left out: to look at a
 * wallet brings its empty database into being.
 */
export async function dumpWallets(): Promise<string> {
  const ids = await objectIds("WALLETS");
  const dumps = ids.map((id) =>
    runInDurableObject(env.WALLETS.get(id), (_wallet, state) => dumpStorage(state.storage)),
  );
  const named = (await Promise.all(dumps)).map((dump, i) => [String(ids[i]), dump] as const);
  const filled = named.filter(([, dump]) => holdsRows(dump));
  return filled
    .map(([id, dump]) => `${id} ${dump}`)
    .sort()
    .join("\n");
}

function holdsRows(dump: string): boolean {
  const { tables } = JSON.parse(dump) as { readonly tables: [string, unknown[]][] };
  return tables.some(([name, rows]) => name !== "schema" && rows.length > 0);
}

/** All that is stored anywhere, to be compared before and after what must not write. */
export async function dumpEverything(): Promise<string> {
  return [await dumpDatabase(), await dumpWallets()].join("\n");
}

/** A database that counts the statements that it is given. */
export interface Counting {
  readonly database: D1Database;
  /** Statements since the last call. */
  take(): number;
}

/** Watches D1 through all the ways that a statement can take. */
export function countingDatabase(): Counting {
  let statements = 0;
  const database = new Proxy(env.DB, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => {
        statements += 1;
        return Reflect.apply(member, target, given);
      };
    },
  });
  return {
    database,
    take() {
      const counted = statements;
      statements = 0;
      return counted;
    },
  };
}

/** What the broken database says of itself; no client may ever read it. */
export const DATABASE_SECRET = "D1_ERROR: no such column: moonbeam: SELECT moonbeam FROM keys";

/** A database whose statements fail: all, or those whose text matches. */
export function brokenDatabase(which = /(?:)/, thrown = new Error(DATABASE_SECRET)): D1Database {
  return new Proxy(env.DB, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => {
        if (which.test(String(given[0]))) throw thrown;
        return Reflect.apply(member, target, given);
      };
    },
  });
}
