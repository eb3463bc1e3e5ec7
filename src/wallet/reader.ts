import type { Unit } from "../core/amount.ts";
import { UNITS } from "../core/amount.ts";
import type { Guard, Reference } from "../core/commands.ts";
import type { Ledger } from "../core/draft.ts";
import type { Entry, Head, Lot } from "../core/entries.ts";
import { DEBT, EMPTY_HEAD, NEVER } from "../core/entries.ts";
import type { Past, Prior } from "../core/repeats.ts";
import type { EntryRow, LotRow, Owner, OwnerRow, RefusalRow } from "./rows.ts";
import { toEntry, toHead, toLot, toPrior, toRefusal } from "./rows.ts";

/** Reads of a wallet's private database; none of them grows with the number of entries. */
export interface WalletReader {
  /** What a decision reads: the head as it stands now, the rest when it is asked for. */
  ledger(): Ledger;
  head(): Head;
  /** Whose wallet this is; null before its first command. */
  owner(): Owner | null;
  /** Earlier commands that the request may repeat. */
  past(reference: Reference | null, guard: Guard | null): Past;
  /** When the next lot expires; null when none does. */
  nextExpiry(): number | null;
  /** Lots of a unit that expire after `from` and at or before `until`, soonest first. */
  lotsExpiring(unit: Unit, from: number, until: number): Lot[];
}

/** A reader of the database as it stands at each call. */
export function walletReader(sql: SqlStorage): WalletReader {
  const reads = ledgerReads(sql);
  return {
    ledger: () => ({ ...reads, head: readHead(sql) }),
    head: () => readHead(sql),
    owner(): Owner | null {
      const [row] = sql.exec<OwnerRow>("SELECT merchant, customer FROM owner");
      return row === undefined ? null : { merchant: row.merchant, customer: row.customer };
    },
    past: (reference, guard) => readPast(sql, reference, guard),
    nextExpiry: () => nextExpiry(sql),
    lotsExpiring: (unit, from, until) => lotsBetween(sql, [unit], from, until),
  };
}

function readHead(sql: SqlStorage): Head {
  const [row] = sql.exec<Pick<EntryRow, "after">>(
    "SELECT after FROM entries ORDER BY seq DESC LIMIT 1",
  );
  return row === undefined ? EMPTY_HEAD : toHead(row);
}

function ledgerReads(sql: SqlStorage): Omit<Ledger, "head"> {
  return {
    *lots(unit: Unit): Iterable<Lot> {
      const rows = sql.exec<LotRow>("SELECT * FROM lots WHERE unit = ? ORDER BY expires_at", unit);
      for (const row of rows) yield toLot(row);
    },
    lotAmount(unit: Unit, expiresAt: number): number {
      const query = "SELECT amount FROM lots WHERE unit = ? AND expires_at = ?";
      const [row] = sql.exec<Pick<LotRow, "amount">>(query, unit, expiresAt);
      return row?.amount ?? 0;
    },
    dueLots: (now: number) => lotsBetween(sql, UNITS, DEBT, now),
    entry(seq: number): Entry | null {
      const [row] = sql.exec<EntryRow>("SELECT * FROM entries WHERE seq = ?", seq);
      return row === undefined ? null : toEntry(row);
    },
    isReversed(seq: number): boolean {
      return [...sql.exec("SELECT seq FROM entries WHERE corrects = ?", seq)].length > 0;
    },
  };
}

function nextExpiry(sql: SqlStorage): number | null {
  const query =
    "SELECT expires_at FROM lots WHERE unit = ? AND expires_at > ? ORDER BY expires_at LIMIT 1";
  const firsts = UNITS.flatMap((unit) => [
    ...sql.exec<Pick<LotRow, "expires_at">>(query, unit, DEBT),
  ]);
  const next = Math.min(NEVER, ...firsts.map((row) => row.expires_at));
  return next === NEVER ? null : next;
}

function lotsBetween(sql: SqlStorage, units: readonly Unit[], from: number, until: number): Lot[] {
  const query =
    "SELECT * FROM lots WHERE unit = ? AND expires_at > ? AND expires_at <= ? ORDER BY expires_at";
  return units.flatMap((unit) => [...sql.exec<LotRow>(query, unit, from, until)].map(toLot));
}

function readPast(sql: SqlStorage, reference: Reference | null, guard: Guard | null): Past {
  const byReference =
    reference === null
      ? []
      : [...sql.exec<EntryRow>("SELECT * FROM entries WHERE reference = ?", reference.key)];
  if (guard === null) return { byReference: priors(byReference), byGuard: null, refusal: null };
  const byGuard = sql.exec<EntryRow>(
    "SELECT * FROM entries WHERE guard_key = ? AND guard_indexed = 1 ORDER BY seq DESC LIMIT 1",
    guard.key,
  );
  const [refusal] = sql.exec<RefusalRow>("SELECT * FROM refusals WHERE guard_key = ?", guard.key);
  return {
    byReference: priors(byReference),
    byGuard: priors([...byGuard])[0] ?? null,
    refusal: refusal === undefined ? null : toRefusal(refusal),
  };
}

function priors(rows: readonly EntryRow[]): Prior[] {
  return rows.map(toPrior).filter((prior) => prior !== null);
}
