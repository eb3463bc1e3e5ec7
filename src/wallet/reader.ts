import type { Unit } from "../core/amount.ts";
import type { Guard, Reference } from "../core/ledger/commands.ts";
import { storedReference } from "../core/ledger/commands.ts";
import type { Ledger } from "../core/ledger/draft.ts";
import type { Entry, Head, Lot } from "../core/ledger/entries.ts";
import { DEBT, EMPTY_HEAD, heldUnits, NEVER } from "../core/ledger/entries.ts";
import type { Past, Prior } from "../core/ledger/repeats.ts";
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
  /**
   * The command that was booked under the guard while it still holds at `now`, also where its
   * reference is not known. Reads every entry of that time: for the rare binding, no command.
   */
  recent(guard: Guard, now: number): Prior | null;
  /** When the next lot of a wallet with that head expires; null when none does. */
  nextExpiry(head: Head): number | null;
}

/** Before every lot, the debt lot included. */
const BEFORE_ALL = -1;

/** A reader of the database as it stands at each call. */
export function walletReader(sql: SqlStorage): WalletReader {
  return {
    ledger: () => readLedger(sql),
    head: () => readHead(sql),
    owner(): Owner | null {
      const [row] = sql.exec<OwnerRow>("SELECT merchant, customer FROM owner");
      return row === undefined ? null : { merchant: row.merchant, customer: row.customer };
    },
    past: (reference, guard) => readPast(sql, reference, guard),
    recent: (guard, now) => readRecent(sql, guard, now),
    nextExpiry: (head) => nextExpiry(sql, head),
  };
}

function readHead(sql: SqlStorage): Head {
  const [row] = sql.exec<Pick<EntryRow, "after">>(
    "SELECT after FROM entries ORDER BY seq DESC LIMIT 1",
  );
  return row === undefined ? EMPTY_HEAD : toHead(row);
}

/** A ledger of one decision: reads each lot once, however often the decision looks at it. */
function readLedger(sql: SqlStorage): Ledger {
  const head = readHead(sql);
  const known = new Map<Unit, Lot[]>();
  function* lots(unit: Unit): Iterable<Lot> {
    const read = known.get(unit) ?? [];
    known.set(unit, read);
    for (let i = 0; ; i += 1) {
      const lot = read[i] ?? lotAfter(sql, unit, read[i - 1]?.expiresAt ?? BEFORE_ALL);
      if (lot === null) return;
      read[i] = lot;
      yield lot;
    }
  }
  return {
    head,
    lots,
    lotAmount(unit: Unit, expiresAt: number): number {
      const query = "SELECT amount FROM lots WHERE unit = ? AND expires_at = ?";
      const [row] = sql.exec<Pick<LotRow, "amount">>(query, unit, expiresAt);
      return row?.amount ?? 0;
    },
    dueLots(now: number): Lot[] {
      const due = heldUnits(head).flatMap((unit) => takeUntil(lots(unit), now));
      return due.filter((lot) => lot.expiresAt !== DEBT);
    },
    expired(unit: Unit, expiresAt: number): number {
      // The index holds the amounts; of one lot few expired late.
      const [row] = sql.exec<{ sum: number | null }>(
        `SELECT SUM(amount) AS sum FROM entries
         WHERE kind = 'expire' AND unit = ? AND occurred_at = ?`,
        unit,
        expiresAt,
      );
      return 0 - (row?.sum ?? 0);
    },
    entry(seq: number): Entry | null {
      const [row] = sql.exec<EntryRow>("SELECT * FROM entries WHERE seq = ?", seq);
      return row === undefined ? null : toEntry(row);
    },
    correction(seq: number): Entry | null {
      const query = "SELECT * FROM entries WHERE corrects = ? ORDER BY seq DESC LIMIT 1";
      const [row] = sql.exec<EntryRow>(query, seq);
      return row === undefined ? null : toEntry(row);
    },
  };
}

/** The unit's lot that expires next after `from`; one row read, as no cursor runs ahead. */
function lotAfter(sql: SqlStorage, unit: Unit, from: number): Lot | null {
  const query = "SELECT * FROM lots WHERE unit = ? AND expires_at > ? ORDER BY expires_at LIMIT 1";
  const [row] = sql.exec<LotRow>(query, unit, from);
  return row === undefined ? null : toLot(row);
}

function takeUntil(lots: Iterable<Lot>, until: number): Lot[] {
  const taken: Lot[] = [];
  for (const lot of lots) {
    if (lot.expiresAt > until) break;
    taken.push(lot);
  }
  return taken;
}

function nextExpiry(sql: SqlStorage, head: Head): number | null {
  const firsts = heldUnits(head).map((unit) => lotAfter(sql, unit, DEBT)?.expiresAt ?? NEVER);
  const next = Math.min(NEVER, ...firsts);
  return next === NEVER ? null : next;
}

function readPast(sql: SqlStorage, reference: Reference | null, guard: Guard | null): Past {
  const byReference = reference === null ? [] : entriesOf(sql, reference);
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

/** Of a key that recurs the latest entry tells; any other stands for one entry per operation. */
function entriesOf(sql: SqlStorage, reference: Reference): EntryRow[] {
  const recurs = reference.repeatWithinMs !== undefined;
  const query = "SELECT * FROM entries WHERE reference = ?";
  const stored = storedReference(reference);
  return [...sql.exec<EntryRow>(recurs ? `${query} ORDER BY seq DESC LIMIT 1` : query, stored)];
}

function readRecent(sql: SqlStorage, guard: Guard, now: number): Prior | null {
  for (const row of sql.exec<EntryRow>("SELECT * FROM entries ORDER BY seq DESC")) {
    if (row.recorded_at + guard.keepMs <= now) return null;
    if (row.guard_key === guard.key) return toPrior(row);
  }
  return null;
}

function priors(rows: readonly EntryRow[]): Prior[] {
  return rows.map(toPrior).filter((prior) => prior !== null);
}
