/** As released at first: objects that were made then have it, and get the columns below. */
const TABLES = `
  CREATE TABLE IF NOT EXISTS endpoint (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    config TEXT NOT NULL,
    version INTEGER NOT NULL,
    failing_since INTEGER,
    disabled_reason TEXT,
    reported INTEGER NOT NULL DEFAULT 1
  ) STRICT;
  CREATE TABLE IF NOT EXISTS deliveries (
    event TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    failures INTEGER NOT NULL,
    next_at INTEGER,
    created_at INTEGER NOT NULL,
    tries TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/**
 * `seq` is the event's number in the feed, and 0 for what is not in it: a ping, or what came before
 * there was the column. `customer` is whom it tells of.
 */
const COLUMNS: Readonly<Record<string, string>> = {
  seq: "INTEGER NOT NULL DEFAULT 0",
  customer: "TEXT",
  settled_at: "INTEGER",
};

/** When a delivery was settled; what came before there was the column is told by its arrival. */
export const SETTLED = "COALESCE(settled_at, created_at)";

/** Each row is in one of them at most, so that no query reads what it is not about. */
const INDEXES = `
  CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (next_at) WHERE next_at IS NOT NULL;
  CREATE INDEX IF NOT EXISTS deliveries_fresh ON deliveries (seq, event, customer, created_at)
    WHERE state = 'pending' AND next_at IS NULL;
  CREATE INDEX IF NOT EXISTS deliveries_delivered ON deliveries (${SETTLED})
    WHERE state = 'delivered';
  CREATE INDEX IF NOT EXISTS deliveries_failed ON deliveries (${SETTLED})
    WHERE state = 'failed';
`;

/** Makes the tables of an endpoint's object, or brings those of an older one up to date. */
export function prepareTables(sql: SqlStorage): void {
  sql.exec(TABLES);
  const names = sql.exec<{ name: string }>("SELECT name FROM pragma_table_info('deliveries')");
  const known = new Set([...names].map(({ name }) => name));
  for (const [name, form] of Object.entries(COLUMNS)) {
    if (!known.has(name)) sql.exec(`ALTER TABLE deliveries ADD COLUMN ${name} ${form}`);
  }
  sql.exec(INDEXES);
}
