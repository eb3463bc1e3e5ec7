import ledger from "../../migrations/wallet/0001_ledger.sql";

/** The wallet's schema, one script per version; a version is never changed once released. */
const VERSIONS: readonly string[] = [ledger];

/**
 * Brings an object's private database to the newest version. Cheap when it is there: one read.
 * Each version is applied with its number in one transaction, so a crash leaves either both or
 * neither.
 */
export function migrate(storage: DurableObjectStorage): void {
  const { sql } = storage;
  sql.exec("CREATE TABLE IF NOT EXISTS schema (version INTEGER PRIMARY KEY) STRICT");
  const row = sql.exec<{ version: number | null }>("SELECT MAX(version) AS version FROM schema");
  const current = row.one().version ?? 0;
  for (const [i, script] of VERSIONS.entries()) {
    if (i < current) continue;
    storage.transactionSync(() => {
      sql.exec(script);
      sql.exec("INSERT INTO schema (version) VALUES (?)", i + 1);
    });
  }
}
