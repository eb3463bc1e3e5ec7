import { keyOfStored } from "../core/commands.ts";
import type { Head } from "../core/entries.ts";
import type { Handover, ProjectorClient } from "../events/client.ts";
import type { EntryRow } from "./rows.ts";
import { toEntry, toHead } from "./rows.ts";

/** Entries that are handed over at once. */
export const CHUNK = 100;
/** Characters of long entries that are handed over at once: a bill may have hundreds of lines. */
const CHUNK_CHARS = 200_000;

/** Past every entry. */
const ALL = Number.MAX_SAFE_INTEGER;

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
    let handover = nextHandover(sql, customer, publishedSeq(sql), ALL);
    handover !== null;
    handover = nextHandover(sql, customer, handover.head.seq, ALL)
  ) {
    await projector.publish(handover);
    const { seq } = handover.head;
    sql.exec("UPDATE owner SET published = ? WHERE published < ?", seq, seq);
  }
}

/**
 * Hands what was published over once more, for copies that are made anew; moves no cursor. What
 * lies past the cursor is left to publishing: an entry that is copied counts as told to the feed.
 */
export async function retellAll(
  sql: SqlStorage,
  projector: ProjectorClient,
  customer: string,
): Promise<void> {
  const until = publishedSeq(sql);
  for (
    let handover = nextHandover(sql, customer, 0, until);
    handover !== null;
    handover = nextHandover(sql, customer, handover.head.seq, until)
  ) {
    await projector.restore(handover);
  }
}

/** Entries past `after`, at most the one numbered `until`. */
function nextHandover(
  sql: SqlStorage,
  customer: string,
  after: number,
  until: number,
): Handover | null {
  const rows = readChunk(sql, after, until);
  const last = rows.at(-1);
  if (last === undefined) return null;
  return {
    customer,
    entries: rows.map((row) => ({ entry: toEntry(row), reference: tillsReference(row) })),
    head: toHead(last),
    tierBefore: headAt(sql, after)?.tier ?? null,
  };
}

function readChunk(sql: SqlStorage, after: number, until: number): EntryRow[] {
  const query = "SELECT * FROM entries WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?";
  const rows: EntryRow[] = [];
  let chars = 0;
  for (const row of sql.exec<EntryRow>(query, after, until, CHUNK)) {
    chars += row.lots.length + row.remarks.length;
    if (rows.length > 0 && chars > CHUNK_CHARS) break;
    rows.push(row);
  }
  return rows;
}

/** The reference as the till knows it: a recurring one is stored with more. */
function tillsReference({ reference }: EntryRow): string | null {
  return reference === null ? null : keyOfStored(reference);
}

function headAt(sql: SqlStorage, seq: number): Head | null {
  const [row] = sql.exec<Pick<EntryRow, "after">>("SELECT after FROM entries WHERE seq = ?", seq);
  return row === undefined ? null : toHead(row);
}
