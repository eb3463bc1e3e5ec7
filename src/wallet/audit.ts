import type { Unit } from "../core/amount.ts";
import { inOrder } from "../core/amount.ts";
import { heldUnits, holdingOf } from "../core/ledger/entries.ts";
import type { WalletReader } from "./reader.ts";

/** A unit whose sums disagree. */
export interface Discrepancy {
  readonly unit: Unit;
  readonly balance: number;
  readonly entries: number;
  readonly lots: number;
}

/**
 * Adds up the whole ledger anew and names every unit whose balance is not the sum of its entries
 * and of its lots. Reads all entries: for audits and on demand, never on a command's way.
 */
export function auditWallet(sql: SqlStorage, reader: WalletReader): Discrepancy[] {
  const head = reader.head();
  const sums = (query: string): Map<Unit, number> =>
    new Map([...sql.exec<{ unit: Unit; sum: number }>(query)].map((row) => [row.unit, row.sum]));
  const entries = sums("SELECT unit, SUM(amount) AS sum FROM entries GROUP BY unit");
  const lots = sums("SELECT unit, SUM(amount) AS sum FROM lots GROUP BY unit");
  const units = inOrder([...heldUnits(head), ...entries.keys(), ...lots.keys()]);
  return units
    .map((unit) => ({
      unit,
      balance: holdingOf(head, unit).balance,
      entries: entries.get(unit) ?? 0,
      lots: lots.get(unit) ?? 0,
    }))
    .filter((sum) => sum.balance !== sum.entries || sum.balance !== sum.lots);
}
