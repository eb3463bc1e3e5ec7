import type { EventType } from "../core/events/catalogue.ts";
import type { Waiting } from "./backlog.ts";
import type {
  Delivery,
  DeliveryPage,
  DeliveryQuery,
  DueDelivery,
  EndpointConfig,
  OutgoingEvent,
  Try,
} from "./client.ts";
import { prepareTables, SETTLED } from "./tables.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Deliveries that were given up are kept so long. */
export const FAILED_KEPT_MS = 30 * DAY_MS;
/** Rows that one statement drops, and the statements of one sweep: it must let others live. */
const SWEPT = 500;
const SWEEPS = 10;
/** An object may hold 10 GB: beyond this, what was delivered is dropped before its time. */
const MAX_BYTES = 4 * 2 ** 30;

/** What the object remembers of its endpoint besides the configuration. */
export interface EndpointState {
  readonly config: EndpointConfig;
  readonly failingSince: number | null;
  /** Why the object stopped by itself; null while it delivers. */
  readonly disabledReason: string | null;
  /** Whether that was told to the projector. */
  readonly reported: boolean;
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
  seq: number;
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
  prepareTables(sql);
  let state = readState(sql);
  const change = (query: string, ...bindings: (string | number | null)[]): void => {
    sql.exec(query, ...bindings);
    state = readState(sql);
  };
  return {
    state: () => state,
    configure(config: EndpointConfig): void {
      if (state !== null && config.version <= state.config.version) return;
      change(CONFIGURE, JSON.stringify(config), config.version);
    },
    setFailingSince: (at: number | null) => change("UPDATE endpoint SET failing_since = ?", at),
    setDisabled: (reason: string) =>
      change("UPDATE endpoint SET disabled_reason = ?, reported = 0", reason),
    setReported: () => change("UPDATE endpoint SET reported = 1"),
    /** Adds what is not known yet; answers what was added. */
    add: (events: readonly OutgoingEvent[], now: number): readonly Waiting[] =>
      storage
        .transactionSync(() => events.filter((event) => insert(sql, event, now)))
        .map(({ id, customer }) => ({ event: id, customer, since: now })),
    fresh: (limit: number) =>
      waiting(
        sql,
        `SELECT event, customer, created_at AS since FROM deliveries
         WHERE state = 'pending' AND next_at IS NULL AND seq >= 0 ORDER BY seq, event LIMIT ?`,
        limit,
      ),
    due: (now: number, limit: number) =>
      waiting(
        sql,
        `SELECT event, customer, next_at AS since FROM deliveries
         WHERE next_at <= ? ORDER BY next_at LIMIT ?`,
        now,
        limit,
      ),
    /** When the next retry is due after `now`: what is due already is not waited for. */
    nextAt(now: number): number | null {
      const query = "SELECT MIN(next_at) AS at FROM deliveries WHERE next_at > ?";
      return sql.exec<{ at: number | null }>(query, now).one().at;
    },
    find: (event: string) => findDelivery(sql, event),
    settle: (event: string, made: Try, next: Settlement) => settle(sql, event, made, next),
    page: (query: DeliveryQuery) => readPage(sql, query),
    /**
     * Makes a known delivery due again, from the first try on, with a body if it has none any more;
     * false when there is nothing to send.
     */
    reopen: (event: string, now: number, body: string) => reopen(sql, event, now, body),
    /** Drops settled deliveries whose time is over; whether there are more. */
    sweep: (now: number, deliveredKeptMs: number) => sweep(sql, now, deliveredKeptMs),
    /** When the time of the first settled delivery is over; null when there is none. */
    nextDrop: (deliveredKeptMs: number) => nextDrop(sql, deliveredKeptMs),
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
const CONFIGURE = `INSERT INTO endpoint (id, config, version) VALUES (1, ?, ?)
  ON CONFLICT (id) DO UPDATE SET config = excluded.config, version = excluded.version,
    failing_since = NULL, disabled_reason = NULL, reported = 1
  WHERE excluded.version > version`;

function insert(sql: SqlStorage, event: OutgoingEvent, now: number): boolean {
  const cursor = sql.exec(
    `INSERT OR IGNORE INTO deliveries
       (event, type, body, state, failures, created_at, tries, seq, customer)
     VALUES (?, ?, ?, 'pending', 0, ?, '[]', ?, ?)`,
    event.id,
    event.type,
    event.body,
    now,
    event.seq,
    event.customer,
  );
  return cursor.rowsWritten > 0;
}

type WaitingRow = { event: string; customer: string | null; since: number };

function waiting(sql: SqlStorage, query: string, ...bindings: number[]): readonly Waiting[] {
  return [...sql.exec<WaitingRow>(query, ...bindings)];
}

function findDelivery(sql: SqlStorage, event: string): DueDelivery | null {
  const query = `SELECT ${SHOWN} FROM deliveries WHERE event = ? AND state = 'pending'`;
  const [row] = sql.exec<DeliveryRow>(query, event);
  return row ?? null;
}

/** What was delivered needs its body no more, where the feed has it. */
function settle(sql: SqlStorage, event: string, made: Try, next: Settlement): void {
  const { state, failures, nextAt } = next;
  sql.exec(
    `UPDATE deliveries SET state = ?1, failures = ?2, next_at = ?3, settled_at = ?4,
       body = CASE WHEN ?1 = 'delivered' AND seq > 0 THEN '' ELSE body END,
       tries = json_insert(tries, '$[#]', json(?5)) WHERE event = ?6`,
    state,
    failures,
    nextAt,
    state === "pending" ? null : made.at + made.durationMs,
    JSON.stringify(made),
    event,
  );
}

function reopen(sql: SqlStorage, event: string, now: number, body: string): boolean {
  return (
    sql.exec(
      `UPDATE deliveries SET state = 'pending', failures = 0, next_at = ?1, settled_at = NULL,
         body = CASE WHEN body = '' THEN ?2 ELSE body END
       WHERE event = ?3 AND (body <> '' OR ?2 <> '')`,
      now,
      body,
      event,
    ).rowsWritten > 0
  );
}

function sweep(sql: SqlStorage, now: number, deliveredKeptMs: number): boolean {
  const isFull = sql.databaseSize > MAX_BYTES;
  const ends = { delivered: isFull ? now : now - deliveredKeptMs, failed: now - FAILED_KEPT_MS };
  let more = false;
  for (const [state, end] of Object.entries(ends)) {
    const query = `DELETE FROM deliveries WHERE event IN (SELECT event FROM deliveries
      WHERE state = '${state}' AND ${SETTLED} <= ? ORDER BY ${SETTLED} LIMIT ${SWEPT})`;
    let left = SWEEPS;
    for (; left > 0 && sql.exec(query, end).rowsWritten > 0; left -= 1);
    more ||= left === 0;
  }
  return more;
}

function nextDrop(sql: SqlStorage, deliveredKeptMs: number): number | null {
  const ends = Object.entries({ delivered: deliveredKeptMs, failed: FAILED_KEPT_MS });
  const found = ends.flatMap(([state, kept]) => {
    const query = `SELECT ${SETTLED} AS at FROM deliveries WHERE state = '${state}'
      ORDER BY ${SETTLED} LIMIT 1`;
    return [...sql.exec<{ at: number }>(query)].map(({ at }) => at + kept);
  });
  return found.length === 0 ? null : Math.min(...found);
}

const SHOWN = "event, type, body, state, failures, next_at, created_at, tries, seq";

function readPage(sql: SqlStorage, { event, limit, before }: DeliveryQuery): DeliveryPage {
  const rows = (where: string, ...bindings: string[]) => [
    ...sql.exec<DeliveryRow>(
      `SELECT ${SHOWN} FROM deliveries ${where} ORDER BY event DESC LIMIT ?`,
      ...bindings,
      limit,
    ),
  ];
  if (event !== null) return { deliveries: rows("WHERE event = ?", event).map(toDelivery) };
  const page = before === null ? rows("") : rows("WHERE event < ?", before);
  return { deliveries: page.map(toDelivery) };
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    event: row.event,
    type: row.type,
    state: row.state,
    createdAt: row.created_at,
    nextAt: row.next_at,
    tries: JSON.parse(row.tries) as Try[],
    inFeed: row.body === "" ? row.seq : null,
  };
}
