import { env } from "cloudflare:workers";

/** The database with a hand on every statement that is prepared. */
function databaseWith(onPrepare: (query: string) => string): D1Database {
  const { DB } = env;
  return new Proxy(DB, {
    get(target, name) {
      if (name === "prepare") return (query: string) => target.prepare(onPrepare(query));
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

/** A database that keeps a list of the statements that go through it. */
export function recordingDatabase(): { readonly DB: D1Database; readonly statements: string[] } {
  const statements: string[] = [];
  const DB = databaseWith((query) => {
    statements.push(query);
    return query;
  });
  return { DB, statements };
}

/** A database in which the statements that match fail when they are run. */
export function failingDatabase(pattern: RegExp): D1Database {
  const failing = "SELECT nowhere FROM nothing";
  return databaseWith((query) => (pattern.test(query) ? failing : query));
}

/** Rows of D1, whatever the merchant. */
export async function d1Rows<T = Record<string, unknown>>(
  query: string,
  ...values: unknown[]
): Promise<T[]> {
  const { results } = await env.DB.prepare(query)
    .bind(...values)
    .all<T>();
  return results;
}
