import ledger from "../../migrations/wallet/0001_ledger.sql";
import corrections from "../../migrations/wallet/0002_corrections.sql";
import texts from "../../migrations/wallet/0003_texts.sql";
import scale from "../../migrations/wallet/0004_scale.sql";

/** The wallet's schema, one script per version; a version is never changed once released. */
const VERSIONS: readonly string[] = [ledger, corrections, texts, scale];

/**
 * Opens an object's private database and brings it to the newest version; false when nothing was
 * ever written: whoever writes first calls {@link migrate}, so that looking leaves no trace.
 */
export function openDatabase(storage: DurableObjectStorage): boolean {
  // What REPLACE overwrites would go without the trigger that refuses a DELETE.
  storage.sql.exec("PRAGMA recursive_triggers = ON");
  const isEmpty = [...storage.sql.exec("PRAGMA table_info(schema)")].length === 0;
  if (!isEmpty) migrate(storage);
  return !isEmpty;
}

/**
 * Brings a database to the newest version. Cheap when it is there: one read. Each version is
 * applied with its number in one transaction, so a crash leaves either both or neither.
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
