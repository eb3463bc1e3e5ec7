import type { Head } from "../core/entries.ts";
import type { Handover, ProjectorClient } from "../events/client.ts";
import type { EntryRow } from "./rows.ts";
import { toEntry, toHead } from "./rows.ts";

/** Entries that are handed over at once. */
export const CHUNK = 100;

/** How far the ledger is published: the number of the last entry that the projector has. */
export function publishedSeq(sql: SqlStorage): number {
  const [row] = sql.exec<{ published: number }>("SELECT published FROM owner");
  return row?.published ?? 0;
}

/**
 * Hands what is past the cursor to the projector, chunk by chunk, and moves the cursor when it has
 * answered. A crash in between hands a chunk over again, which changes nothing there.
 */
export async function publishPending(
  sql: SqlStorage,
  projector: ProjectorClient,
  customer: string,
): Promise<void> {
  for (
    let handover = nextHandover(sql, customer, publishedSeq(sql));
    handover !== null;
    handover = nextHandover(sql, customer, handover.head.seq)
  ) {
    await projector.publish(handover);
    const { seq } = handover.head;
    sql.exec("UPDATE owner SET published = ? WHERE published < ?", seq, seq);
  }
}

/** Hands the whole ledger over once more, for copies that are made anew; moves no cursor. */
export async function retellAll(
  sql: SqlStorage,
  projector: ProjectorClient,
  customer: string,
): Promise<void> {
  for (
    let handover = nextHandover(sql, customer, 0);
    handover !== null;
    handover = nextHandover(sql, customer, handover.head.seq)
  ) {
    await projector.restore(handover);
  }
}

function nextHandover(sql: SqlStorage, customer: string, after: number): Handover | null {
  const query = "SELECT * FROM entries WHERE seq > ? ORDER BY seq LIMIT ?";
  const rows = [...sql.exec<EntryRow>(query, after, CHUNK)];
  const last = rows.at(-1);
  if (last === undefined) return null;
  return {
    customer,
    entries: rows.map((row) => ({ entry: toEntry(row), reference: row.reference })),
    head: toHead(last),
    tierBefore: headAt(sql, after)?.tier ?? null,
  };
}

function headAt(sql: SqlStorage, seq: number): Head | null {
  const [row] = sql.exec<Pick<EntryRow, "after">>("SELECT after FROM entries WHERE seq = ?", seq);
  return row === undefined ? null : toHead(row);
}
