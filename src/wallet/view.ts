import type { Unit } from "../core/amount.ts";
import type { Ledger } from "../core/ledger/draft.ts";
import type { Entry, EntryKind, Head, LotChange } from "../core/ledger/entries.ts";
import { heldUnits, NEVER } from "../core/ledger/entries.ts";
import type { HandedEntry } from "../events/client.ts";
import type { ToldEntryRow } from "./rows.ts";
import { ENTRIES, tillsReference, toEntry } from "./rows.ts";

/** A wallet's state as one answer. */
export interface WalletView {
  readonly head: Head;
  /** Of each unit ever held: lots that expire up to the moment asked for, soonest first. */
  readonly expiring: Readonly<Partial<Record<Unit, readonly LotChange[]>>>;
  /** When what expires first of a unit does, however late; null: nothing does. */
  readonly next: Readonly<Partial<Record<Unit, number | null>>>;
}

/** Reads the state from a ledger whose due lots are booked. */
export function viewWallet({ head, lots }: Ledger, now: number, until: number): WalletView {
  const read = heldUnits(head).map((unit): [Unit, LotChange[]] => [
    unit,
    lotsAfter(lots(unit), now, until),
  ]);
  const next = ([first]: readonly LotChange[]): number | null =>
    first === undefined || first.expiresAt === NEVER ? null : first.expiresAt;
  return {
    head,
    expiring: Object.fromEntries(
      read.map(([unit, own]) => [unit, own.filter(({ expiresAt }) => expiresAt <= until)]),
    ),
    next: Object.fromEntries(read.map(([unit, own]) => [unit, next(own)])),
  };
}

/** Lots that expire after `now`, up to the first beyond `until`: no more of them are read. */
function lotsAfter(lots: Iterable<LotChange>, now: number, until: number): LotChange[] {
  const read: LotChange[] = [];
  for (const { expiresAt, amount } of lots) {
    if (expiresAt > now) read.push({ expiresAt, amount });
    if (expiresAt > until) break;
  }
  return read;
}

/** Which entries to list, newest first. */
export interface EntryQuery {
  /** Null is every unit. */
  readonly unit: Unit | null;
  readonly kinds: readonly EntryKind[];
  readonly limit: number;
  readonly offset: number;
}

/** A page of entries and how many match in all. */
export interface EntryPage {
  readonly entries: readonly Entry[];
  readonly references: readonly (string | null)[];
  readonly total: number;
}

/** Reads the newest entries before the one numbered `before`, and no more rows than those. */
export function entriesBefore(sql: SqlStorage, before: number, limit: number): HandedEntry[] {
  const query = `${ENTRIES} WHERE entries.seq < ? ORDER BY entries.seq DESC LIMIT ?`;
  return [...sql.exec<ToldEntryRow>(query, before, limit)].map((row) => ({
    entry: toEntry(row),
    reference: tillsReference(row),
  }));
}

/** Reads a page of the ledger. Counts the matching entries: for lists, never for commands. */
export function listEntries(sql: SqlStorage, query: EntryQuery): EntryPage {
  const { unit, kinds, limit, offset } = query;
  const where = `(?1 IS NULL OR unit = ?1) AND kind IN (${kinds.map(() => "?").join(", ")})`;
  const rows = sql.exec<ToldEntryRow>(
    `${ENTRIES} WHERE ${where} ORDER BY entries.seq DESC LIMIT ? OFFSET ?`,
    unit,
    ...kinds,
    limit,
    offset,
  );
  const counted = sql.exec<{ total: number }>(
    `SELECT COUNT(*) AS total FROM entries WHERE ${where}`,
    unit,
    ...kinds,
  );
  const page = [...rows];
  return {
    entries: page.map(toEntry),
    references: page.map(tillsReference),
    total: counted.one().total,
  };
}
