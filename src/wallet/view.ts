import type { Unit } from "../core/amount.ts";
import { UNITS } from "../core/amount.ts";
import type { Entry, EntryKind, Head, LotChange } from "../core/ledger/entries.ts";
import type { HandedEntry } from "../events/client.ts";
import type { WalletReader } from "./reader.ts";
import type { EntryRow } from "./rows.ts";
import { tillsReference, toEntry } from "./rows.ts";

/** A wallet's state as one answer. */
export interface WalletView {
  readonly head: Head;
  /** Lots that expire up to the moment asked for, soonest first. */
  readonly expiring: Readonly<Record<Unit, readonly LotChange[]>>;
}

/** Reads the state; due lots must have been booked before. */
export function viewWallet(reader: WalletReader, now: number, until: number): WalletView {
  const head = reader.head();
  const lots = (unit: Unit): LotChange[] =>
    head.holdings[unit] === undefined
      ? []
      : reader
          .lotsExpiring(unit, now, until)
          .map(({ expiresAt, amount }): LotChange => ({ expiresAt, amount }));
  const [point, stamp, prepaid] = UNITS.map(lots);
  return {
    head,
    expiring: { point: point ?? [], stamp: stamp ?? [], prepaid: prepaid ?? [] },
  };
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
  const query = "SELECT * FROM entries WHERE seq < ? ORDER BY seq DESC LIMIT ?";
  return [...sql.exec<EntryRow>(query, before, limit)].map((row) => ({
    entry: toEntry(row),
    reference: tillsReference(row),
  }));
}

/** Reads a page of the ledger. Counts the matching entries: for lists, never for commands. */
export function listEntries(sql: SqlStorage, query: EntryQuery): EntryPage {
  const { unit, kinds, limit, offset } = query;
  const where = `(?1 IS NULL OR unit = ?1) AND kind IN (${kinds.map(() => "?").join(", ")})`;
  const rows = sql.exec<EntryRow>(
    `SELECT * FROM entries WHERE ${where} ORDER BY seq DESC LIMIT ? OFFSET ?`,
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
