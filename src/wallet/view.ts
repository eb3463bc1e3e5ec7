import type { Unit } from "../core/amount.ts";
import { UNITS } from "../core/amount.ts";
import type { Head, LotChange } from "../core/entries.ts";
import type { WalletReader } from "./reader.ts";

/** A wallet's state as one answer. */
export interface WalletView {
  readonly head: Head;
  /** Lots that expire up to the moment asked for, soonest first. */
  readonly expiring: Readonly<Record<Unit, readonly LotChange[]>>;
}

/** Reads the state; due lots must have been booked before. */
export function viewWallet(reader: WalletReader, now: number, until: number): WalletView {
  const lots = (unit: Unit): LotChange[] =>
    reader
      .lotsExpiring(unit, now, until)
      .map(({ expiresAt, amount }): LotChange => ({ expiresAt, amount }));
  const [point, stamp, prepaid] = UNITS.map(lots);
  return {
    head: reader.head(),
    expiring: { point: point ?? [], stamp: stamp ?? [], prepaid: prepaid ?? [] },
  };
}
