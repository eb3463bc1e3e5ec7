import type { EventType } from "../core/events/catalogue.ts";
import type {
  Delivery,
  DeliveryPage,
  DeliveryQuery,
  EndpointConfig,
  OutgoingEvent,
  Try,
} from "./client.ts";

/** Deliveries are kept so long once they are settled. */
export const KEEP_MS = 30 * 24 * 60 * 60 * 1000;
/** Settled deliveries that one sweep drops. */
const SWEPT = 200;

const SCHEMA = `
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
  CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (next_at) WHERE next_at IS NOT NULL;
`;

/** What the object remembers of its endpoint besides the configuration. */
export interface EndpointState {
  readonly config: EndpointConfig;
  readonly failingSince: number | null;
  /** Why the object stopped by itself; null while it delivers. */
  readonly disabledReason: string | null;
  /** Whether that was told to the projector. */
  readonly reported: boolean;
}

/** A delivery to try now. */
export interface DueDelivery {
  readonly event: string;
  readonly type: EventType;
  readonly body: string;
  readonly failures: number;
}

type DeliveryRow = {
  event: string;
  type: EventType;
  body: string;
  state: Delivery["state"];
  failures: number;
  next_at: number | null;
  created_at: number;
  tries: string;
};

type StateRow = {
  config: string;
  version: number;
  failing_since: number | null;
  disabled_reason: string | null;
  reported: number;
};

/** The private database of an endpoint's object. */
export type EndpointStore = ReturnType<typeof endpointStore>;

/**
 * Opens the private database. A fresh delivery has no `next_at`: it is in the object's memory, and
 * only one that must wait costs an index row.
 */
export function endpointStore(storage: DurableObjectStorage) {
  const { sql } = storage;
  sql.exec(SCHEMA);
  return {
    state: () => readState(sql),
    configure: (config: EndpointConfig) => writeConfig(sql, config),
    setFailingSince(at: number | null): void {
      sql.exec("UPDATE endpoint SET failing_since = ?", at);
    },
    setDisabled(reason: string): void {
      sql.exec("UPDATE endpoint SET disabled_reason = ?, reported = 0", reason);
    },
    setReported(): void {
      sql.exec("UPDATE endpoint SET reported = 1");
    },
    /** Adds what is not known yet; answers the ids that were added. */
    add: (events: readonly OutgoingEvent[], now: number) =>
      storage.transactionSync(() => events.filter((event) => insert(sql, event, now))),
    fresh: () =>
      ids(sql, "SELECT event FROM deliveries WHERE state = 'pending' AND next_at IS NULL"),
    due: (now: number, limit: number) =>
      ids(
        sql,
        "SELECT event FROM deliveries WHERE next_at <= ? ORDER BY next_at LIMIT ?",
        now,
        limit,
      ),
    /** When the next retry is due after `now`: what is due already is not waited for. */
    nextAt(now: number): number | null {
      const query = "SELECT MIN(next_at) AS at FROM deliveries WHERE next_at > ?";
      return sql.exec<{ at: number | null }>(query, now).one().at;
    },
    isDue: (now: number) =>
      ids(sql, "SELECT event FROM deliveries WHERE next_at <= ? LIMIT 1", now).length > 0,
    find: (event: string) => findDelivery(sql, event),
    settle: (event: string, made: Try, next: Settlement) => settle(sql, event, made, next),
    page: (query: DeliveryQuery) => readPage(sql, query),
    /** Makes a delivery due again, from the first try on; false when it is not known. */
    reopen: (event: string, now: number) => reopen(sql, event, now),
    sweep(now: number): void {
      const old = "created_at < ? AND state <> 'pending'";
      const query = `DELETE FROM deliveries WHERE event IN
        (SELECT event FROM deliveries WHERE ${old} LIMIT ${SWEPT})`;
      sql.exec(query, now - KEEP_MS);
    },
  };
}

/** What a try leaves a delivery in. */
export interface Settlement {
  readonly state: Delivery["state"];
  readonly failures: number;
  readonly nextAt: number | null;
}

function readState(sql: SqlStorage): EndpointState | null {
  const [row] = sql.exec<StateRow>("SELECT * FROM endpoint");
  if (row === undefined) return null;
  return {
    config: toConfig(JSON.parse(row.config)),
    failingSince: row.failing_since,
    disabledReason: row.disabled_reason,
    reported: row.reported === 1,
  };
}

/** What was kept before there were forms names none. */
function toConfig(kept: EndpointConfig | Omit<EndpointConfig, "form">): EndpointConfig {
  return { form: "standard", ...kept };
}

/** A newer version is a person's decision: what spoke against the endpoint is forgotten. */
function writeConfig(sql: SqlStorage, config: EndpointConfig): void {
  sql.exec(
    `INSERT INTO endpoint (id, config, version) VALUES (1, ?, ?)
     ON CONFLICT (id) DO UPDATE SET config = excluded.config, version = excluded.version,
       failing_since = NULL, disabled_reason = NULL, reported = 1
     WHERE excluded.version > version`,
    JSON.stringify(config),
    config.version,
  );
}

function insert(sql: SqlStorage, event: OutgoingEvent, now: number): boolean {
  const cursor = sql.exec(
    "INSERT OR IGNORE INTO deliveries VALUES (?, ?, ?, 'pending', 0, NULL, ?, '[]')",
    event.id,
    event.type,
    event.body,
    now,
  );
  return cursor.rowsWritten > 0;
}

function ids(sql: SqlStorage, query: string, ...bindings: number[]): string[] {
  return [...sql.exec<{ event: string }>(query, ...bindings)].map((row) => row.event);
}

function findDelivery(sql: SqlStorage, event: string): DueDelivery | null {
  const query = "SELECT * FROM deliveries WHERE event = ? AND state = 'pending'";
  const [row] = sql.exec<DeliveryRow>(query, event);
  return row ?? null;
}

function settle(sql: SqlStorage, event: string, made: Try, next: Settlement): void {
  sql.exec(
    `UPDATE deliveries SET state = ?, failures = ?, next_at = ?,
       tries = json_insert(tries, '$[#]', json(?)) WHERE event = ?`,
    next.state,
    next.failures,
    next.nextAt,
    JSON.stringify(made),
    event,
  );
}

function reopen(sql: SqlStorage, event: string, now: number): boolean {
  const set = "SET state = 'pending', failures = 0, next_at = ?";
  return sql.exec(`UPDATE deliveries ${set} WHERE event = ?`, now, event).rowsWritten > 0;
}

function readPage(sql: SqlStorage, query: DeliveryQuery): DeliveryPage {
  const { event, limit, before } = query;
  const rows = sql.exec<DeliveryRow>(
    `SELECT * FROM deliveries WHERE (?1 IS NULL OR event = ?1) AND (?2 IS NULL OR event < ?2)
     ORDER BY event DESC LIMIT ?3`,
    event,
    before,
    limit,
  );
  return { deliveries: [...rows].map(toDelivery) };
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    event: row.event,
    type: row.type,
    state: row.state,
    createdAt: row.created_at,
    nextAt: row.next_at,
    tries: JSON.parse(row.tries) as Try[],
  };
}
