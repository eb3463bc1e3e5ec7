import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import type { BookedEvent } from "../core/events/body.ts";
import type { Mode } from "../core/mode.ts";
import type { Database, Write } from "./database.ts";
import { insertEvents } from "./events/events.ts";
import { textParts } from "./parts.ts";

/** Takes one thing that the database itself picks: of many at once each gets another. */
export interface Taking {
  /** Adds the event that tells of what will be taken; it stands before the write that takes it. */
  readonly event: Write;
  /** The conditional write that takes it; it returns the `id`. */
  readonly take: Write;
  /** The id, for writes that follow in the batch. */
  readonly taken: SQL;
}

/** A service's writes, committed together or not at all. */
export interface UnitOfWork {
  add(...writes: readonly Write[]): void;
  /**
   * Adds a conditional write (`UPDATE … WHERE status = …`) that must change exactly so many rows,
   * one if nothing is said: its row count is the verdict on the whole batch.
   */
  addConditional(write: Write, rows?: number): void;
  /** Adds events of what the other writes do; they are in the feed exactly when those are kept. */
  addEvents(merchantId: string, events: readonly BookedEvent[]): void;
  /** Adds what takes something; who commits learns from {@link taken} what it was. */
  addTaking(taking: Taking): void;
  /** The id of what was taken: as an expression before the commit, and what it was after it. */
  readonly taken: { readonly expression: SQL; readonly id: string | null } | null;
  /** Statements that a commit would make now. */
  readonly size: number;
  /** Whether there is an event that the endpoints should hear of once this is committed. */
  readonly tellsEvents: boolean;
  /**
   * Commits all writes in one atomic batch, in the order in which they were added. False when a
   * unique constraint or a conditional write refused them: somebody else was first and nothing was
   * written. In `test` mode the writes are dropped and the answer is true: this is the registry's
   * whole knowledge of sandbox calls.
   */
  commit(): Promise<boolean>;
}

/**
 * Fails the batch unless the statement before changed so many rows. D1 has no interactive
 * transactions and SQL no way to raise an error outside a trigger, but `json()` refuses what is no
 * JSON.
 */
const rowsChanged = (rows: number) =>
  sql`json(CASE WHEN changes() = ${rows} THEN 'true' ELSE 'lost' END)`;
const ONE_ROW = sql`(SELECT 1)`;

/** A unit of work on a merchant's database. */
export function unitOfWork(db: Database, mode: Mode): UnitOfWork {
  const writes: Write[] = [];
  let tellsEvents = false;
  let taken: UnitOfWork["taken"] = null;
  let takenAt = -1;
  return {
    get taken() {
      return taken;
    },
    addTaking: ({ event, take, taken: expression }) => {
      takenAt = writes.push(event, take) - 1;
      writes.push(db.select({ verdict: rowsChanged(1) }).from(ONE_ROW));
      tellsEvents = true;
      taken = { expression, id: null };
    },
    get size() {
      return writes.length;
    },
    get tellsEvents() {
      return tellsEvents && mode === "live";
    },
    addEvents: (merchantId, events) => {
      if (events.length === 0) return;
      for (const part of textParts(events)) writes.push(insertEvents(db, merchantId, part));
      tellsEvents = true;
    },
    add: (...more) => {
      writes.push(...more);
    },
    addConditional: (write, rows = 1) => {
      writes.push(write, db.select({ verdict: rowsChanged(rows) }).from(ONE_ROW));
    },
    async commit() {
      const [first, ...rest] = writes.splice(0);
      if (first === undefined || mode === "test") return true;
      try {
        const results: readonly unknown[] = await db.batch([first, ...rest]);
        const [row] = (results[takenAt] ?? []) as readonly { readonly id: string }[];
        if (taken !== null) taken = { ...taken, id: row?.id ?? null };
        return true;
      } catch (thrown) {
        if (isLostRace(thrown)) return false;
        throw thrown;
      }
    },
  };
}

/** SQLite's words for it; drizzle wraps the error and D1 wraps SQLite's. */
function isLostRace(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const { message } = error;
    if (message.includes("UNIQUE constraint failed") || message.includes("malformed JSON")) {
      return true;
    }
  }
  return false;
}
