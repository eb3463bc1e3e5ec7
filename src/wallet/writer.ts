import type { LoyaltyError } from "../core/errors.ts";
import type { Guard } from "../core/ledger/commands.ts";
import type { Decision } from "../core/ledger/decide.ts";
import { mergeLots } from "../core/ledger/draft.ts";
import type { LotChange } from "../core/ledger/entries.ts";
import { DEBT } from "../core/ledger/entries.ts";
import type { CarriedKeys, Owner } from "./rows.ts";
import { ENTRY_COLUMNS, entryValues } from "./rows.ts";
import { eraseTexts, textsKeeper } from "./texts.ts";

const INSERT_ENTRY = `INSERT INTO entries (${ENTRY_COLUMNS.join(", ")})
  VALUES (${ENTRY_COLUMNS.map(() => "?").join(", ")})`;
const GROW_LOT = `INSERT INTO lots (unit, expires_at, amount) VALUES (?, ?, ?)
  ON CONFLICT (unit, expires_at) DO UPDATE SET amount = amount + excluded.amount`;
const EMPTY_LOT = "DELETE FROM lots WHERE unit = ? AND expires_at = ? AND amount = ?";
const SHRINK_LOT = `UPDATE lots SET amount = amount - ?3
  WHERE unit = ?1 AND expires_at = ?2 AND amount <> ?3`;

/** Expired refusals that a new one sweeps away, so that they never pile up. */
const REFUSALS_SWEPT = 10;

/** Writes of a wallet's private database, valid only inside the transaction that made it. */
export interface WalletWriter {
  claim(owner: Owner): void;
  /** Stores the entries with the command's keys, and moves the lots that they touched. */
  store(decision: Decision, keys: CarriedKeys): void;
  /**
   * Binds the guard of a command that booked nothing here. An idempotency key also keeps the
   * refusal; a bound signature may be tried again.
   */
  keepRefusal(guard: Guard, error: LoyaltyError | null, now: number): void;
}

/** A writer; pass it only to what runs synchronously inside the transaction. */
export function walletWriter(sql: SqlStorage): WalletWriter {
  return {
    claim(owner) {
      const statement = "INSERT INTO owner (id, merchant, customer) VALUES (1, ?, ?)";
      sql.exec(statement, owner.merchant, owner.customer);
    },
    store(decision, keys) {
      const keep = textsKeeper(sql);
      for (const entry of decision.entries) {
        sql.exec(INSERT_ENTRY, ...entryValues(entry, keys, keep(entry)));
      }
      if (decision.head.status === "erased") eraseTexts(sql);
      for (const [unit, changes] of changesByUnit(decision)) {
        for (const change of changes) changeLot(sql, unit, change);
      }
    },
    keepRefusal(guard, error, now) {
      sql.exec(
        `DELETE FROM refusals WHERE guard_key IN
         (SELECT guard_key FROM refusals WHERE expires_at <= ? LIMIT ${REFUSALS_SWEPT})`,
        now,
      );
      sql.exec(
        "INSERT OR REPLACE INTO refusals VALUES (?, ?, ?, ?, ?)",
        guard.key,
        guard.fingerprint,
        now,
        now + guard.keepMs,
        guard.kind === "signature" || error === null ? null : JSON.stringify(error),
      );
    },
  };
}

function changesByUnit(decision: Decision): [string, LotChange[]][] {
  const units = new Set(decision.entries.map((entry) => entry.unit));
  return [...units].map((unit) => {
    const own = decision.entries.filter((entry) => entry.unit === unit);
    return [unit, mergeLots(own.flatMap((entry) => entry.lots))];
  });
}

/**
 * Growing a lot is one upsert. Shrinking it deletes the row when nothing is left, because a lot of
 * nothing is no lot: the table then never holds more rows than there are living lots.
 */
function changeLot(sql: SqlStorage, unit: string, change: LotChange): void {
  const { expiresAt, amount } = change;
  const grows = expiresAt === DEBT ? amount < 0 : amount > 0;
  if (grows) {
    sql.exec(GROW_LOT, unit, expiresAt, amount);
    return;
  }
  // A lot is more often touched than used up.
  for (const statement of [SHRINK_LOT, EMPTY_LOT]) {
    if (sql.exec(statement, unit, expiresAt, -amount).rowsWritten > 0) return;
  }
  throw new Error("a lot to take from is missing");
}
