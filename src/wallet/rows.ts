import type { Unit } from "../core/amount.ts";
import type { LoyaltyError } from "../core/errors.ts";
import type { CommandRequest } from "../core/ledger/commands.ts";
import { keyOfStored, storedReference } from "../core/ledger/commands.ts";
import type { Entry, EntryKind, Head, Lot, LotChange } from "../core/ledger/entries.ts";
import type { Prior, Refusal } from "../core/ledger/repeats.ts";
import type { TextsPlace } from "./texts.ts";
import { withoutTexts, withTexts } from "./texts.ts";

/** A row of `entries`. */
export type EntryRow = {
  seq: number;
  id: string;
  kind: string;
  unit: string;
  amount: number;
  balance: number;
  lots: string;
  occurred_at: number;
  recorded_at: number;
  corrects: number | null;
  operation: string | null;
  reference: string | null;
  fingerprint: string | null;
  guard_key: string | null;
  guard_fingerprint: string | null;
  guard_indexed: number;
  source: string;
  remarks: string;
  after: string;
  receipt: string | null;
  texts_seq: number | null;
  texts_digest: string | null;
};

/** A row of `entries` with the texts that stand beside it; see {@link ENTRIES}. */
export type ToldEntryRow = EntryRow & { told: string | null };

/** Reads rows of {@link ToldEntryRow}: one more row for each entry that has texts. */
export const ENTRIES =
  "SELECT entries.*, texts.texts AS told FROM entries LEFT JOIN texts ON texts.seq = texts_seq";

/** Whose wallet an object is; fixed by its first command. */
export interface Owner {
  readonly merchant: string;
  readonly customer: string;
}

/** A row of `owner`. */
export type OwnerRow = { merchant: string; customer: string };

/** A row of `lots`. */
export type LotRow = { unit: string; expires_at: number; amount: number };

/** A row of `refusals`. */
export type RefusalRow = {
  guard_key: string;
  guard_fingerprint: string;
  recorded_at: number;
  expires_at: number;
  error: string | null;
};

/** By what a command that was booked is known again. */
export type CarriedKeys = Pick<CommandRequest, "reference" | "guard">;

/** The columns of `entries`, in the order of {@link entryValues}. */
export const ENTRY_COLUMNS = [
  "seq",
  "id",
  "kind",
  "unit",
  "amount",
  "balance",
  "lots",
  "occurred_at",
  "recorded_at",
  "corrects",
  "operation",
  "reference",
  "fingerprint",
  "guard_key",
  "guard_fingerprint",
  "guard_indexed",
  "source",
  "remarks",
  "after",
  "receipt",
  "texts_seq",
  "texts_digest",
] as const satisfies readonly (keyof EntryRow)[];

/**
 * The values of an entry's row, whose texts are kept at `place`. Reference and guard stand on the
 * entry that carries the command. A signature beside a reference is not indexed: its repeat is
 * found by the reference, and that saves every such command a written row.
 */
export function entryValues(
  entry: Entry,
  keys: CarriedKeys,
  place: TextsPlace | null,
): (string | number | null)[] {
  const carries = entry.receipt !== null;
  const reference = carries ? keys.reference : null;
  const guard = carries ? keys.guard : null;
  const indexed = guard !== null && (guard.kind === "idempotency_key" || reference === null);
  return [
    entry.seq,
    entry.id,
    entry.kind,
    entry.unit,
    entry.amount,
    entry.after.holdings[entry.unit]?.balance ?? 0,
    JSON.stringify(entry.lots.map((lot) => [lot.expiresAt, lot.amount])),
    entry.occurredAt,
    entry.recordedAt,
    entry.corrects,
    reference?.operation ?? null,
    reference === null ? null : storedReference(reference),
    reference?.fingerprint ?? null,
    guard?.key ?? null,
    guard?.fingerprint ?? null,
    indexed ? 1 : 0,
    JSON.stringify(entry.source),
    JSON.stringify(withoutTexts(entry.remarks)),
    JSON.stringify(entry.after),
    entry.receipt === null ? null : JSON.stringify(entry.receipt),
    place?.seq ?? null,
    place?.digest ?? null,
  ];
}

/** An entry from its row; without its texts where those were not read. */
export function toEntry(row: EntryRow & Partial<ToldEntryRow>): Entry {
  const lots = JSON.parse(row.lots) as [number, number][];
  return {
    seq: row.seq,
    id: row.id,
    kind: row.kind as EntryKind,
    unit: row.unit as Unit,
    amount: row.amount,
    lots: lots.map(([expiresAt, amount]): LotChange => ({ expiresAt, amount })),
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    corrects: row.corrects,
    source: JSON.parse(row.source),
    remarks: withTexts(JSON.parse(row.remarks), row.told ?? null),
    after: toHead(row),
    receipt: row.receipt === null ? null : JSON.parse(row.receipt),
  };
}

/** The reference as the till knows it: a recurring one is stored with more. */
export function tillsReference({ reference }: Pick<EntryRow, "reference">): string | null {
  return reference === null ? null : keyOfStored(reference);
}

/** The state of the wallet after an entry. */
export function toHead(row: Pick<EntryRow, "after">): Head {
  return JSON.parse(row.after) as Head;
}

/** A lot from its row. */
export function toLot(row: LotRow): Lot {
  return { unit: row.unit as Unit, expiresAt: row.expires_at, amount: row.amount };
}

/** What a repeat is recognised by; null for an entry that carries no command. */
export function toPrior(row: EntryRow): Prior | null {
  if (row.receipt === null) return null;
  return {
    operation: row.operation,
    fingerprint: row.fingerprint,
    guardKey: row.guard_key,
    guardFingerprint: row.guard_fingerprint,
    recordedAt: row.recorded_at,
    receipt: JSON.parse(row.receipt),
  };
}

/** A kept refusal from its row. */
export function toRefusal(row: RefusalRow): Refusal {
  return {
    guardFingerprint: row.guard_fingerprint,
    recordedAt: row.recorded_at,
    error: row.error === null ? null : (JSON.parse(row.error) as LoyaltyError),
  };
}
