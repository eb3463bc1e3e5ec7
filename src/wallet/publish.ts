import type { Head } from "../core/ledger/entries.ts";
import type { Handover, ProjectorClient } from "../events/client.ts";
import type { WalletReader } from "./reader.ts";
import type { EntryRow } from "./rows.ts";
import { tillsReference, toEntry, toHead } from "./rows.ts";

/** Entries that are handed over at once. */
export const CHUNK = 100;
/** Characters of long entries that are handed over at once: a bill may have hundreds of lines. */
const CHUNK_CHARS = 200_000;

/** What publishing needs of its wallet. */
export interface Outbox {
  readonly sql: SqlStorage;
  readonly reader: WalletReader;
  readonly projector: ProjectorClient;
  readonly customer: string;
}

/**
 * Hands what is past the cursor to the projector, chunk by chunk; answers the cursor after that.
 * Each answer tells how far the merchant's copies are, so the cursor need not be kept: from a wrong
 * one they refuse what would leave a gap, and the wallet goes on from where they are.
 */
export async function publishPending(outbox: Outbox, cursor: number): Promise<number> {
  const { sql, projector } = outbox;
  let reached = cursor;
  for (;;) {
    const rows = readChunk(sql, reached, Number.MAX_SAFE_INTEGER);
    const last = rows.at(-1);
    if (last === undefined) return reached;
    const told = await projector.publish(handoverOf(outbox, reached, rows, toHead(last)));
    if (told === reached) throw new Error("the projector took nothing of what follows");
    reached = told;
  }
}

/**
 * Hands what the feed has, up to the entry numbered `until`, over once more, for copies that are
 * made anew. What follows is left to publishing: what is copied counts as told to the feed.
 */
export async function retellAll(outbox: Outbox, until: number): Promise<void> {
  const { sql, projector } = outbox;
  const head = headAt(sql, until);
  for (let after = 0; head !== null && after < until; ) {
    const rows = readChunk(sql, after, until);
    await projector.restore(handoverOf(outbox, after, rows, head));
    after = rows.at(-1)?.seq ?? until;
  }
}

function handoverOf(
  { sql, reader, customer }: Outbox,
  after: number,
  rows: readonly EntryRow[],
  head: Head,
): Handover {
  return {
    customer,
    after,
    entries: rows.map((row) => ({ entry: toEntry(row), reference: tillsReference(row) })),
    head,
    tierBefore: headAt(sql, after)?.tier ?? null,
    nextExpiry: reader.nextExpiry(reader.head()),
  };
}

/** Entries past `after`, at most the one numbered `until`. */
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

function headAt(sql: SqlStorage, seq: number): Head | null {
  const [row] = sql.exec<Pick<EntryRow, "after">>("SELECT after FROM entries WHERE seq = ?", seq);
  return row === undefined ? null : toHead(row);
}
