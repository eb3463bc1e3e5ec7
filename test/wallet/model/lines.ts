import type { Unit } from "../../../src/core/amount.ts";
import type { EntryKind, Receipt } from "../../../src/core/ledger/entries.ts";
import type { ModelLot } from "./lots.ts";

/** What a line of the ledger must say. */
export interface Line {
  readonly kind: EntryKind;
  readonly unit: Unit;
  readonly amount: number;
  /** Soonest first. */
  readonly lots: readonly ModelLot[];
  readonly balance: number;
  readonly occurredAt: number;
  readonly recordedAt: number;
  readonly corrects: number | null;
  readonly reference: string | null;
}

/** A receipt but for the entry's id, which follows from the request's. */
export type ModelReceipt = Omit<Receipt, "entry">;

/** What the request says of its lines besides amounts. */
export type Told = Pick<Line, "occurredAt" | "recordedAt" | "reference"> & {
  readonly corrects?: number;
};
