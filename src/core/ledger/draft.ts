import type { Unit } from "../amount.ts";
import { followingUlid, makeId } from "../ids.ts";
import type { CommandRequest } from "./commands.ts";
import type {
  Entry,
  EntryKind,
  Head,
  Holding,
  Lot,
  LotChange,
  Remarks,
  Source,
} from "./entries.ts";
import { DEBT, holdingOf } from "./entries.ts";

/**
 * What a decision reads of a wallet. Lots come in the order of their expiry and lazily, so that a
 * decision reads no more of them than it spends.
 */
export interface Ledger {
  readonly head: Head;
  /** The unit's lots by ascending expiry, the debt lot first. */
  lots(unit: Unit): Iterable<Lot>;
  /** Amount of one lot; 0 when there is none. */
  lotAmount(unit: Unit, expiresAt: number): number;
  /** Lots of any unit that expired at or before `now`. */
  dueLots(now: number): Iterable<Lot>;
  /** What of a lot has expired, less what reversals have counted of that already. */
  expired(unit: Unit, expiresAt: number): number;
  entry(seq: number): Entry | null;
  /** The last entry that corrects the one with that number; null when none does. */
  correction(seq: number): Entry | null;
}

/** Entries in the making: a decision appends, nothing is stored until all is decided. */
export interface Draft {
  readonly ledger: Ledger;
  readonly request: CommandRequest;
  readonly now: number;
  readonly occurredAt: number;
  head: Head;
  readonly entries: Entry[];
}

/** What {@link book} adds to a draft. */
export interface Line {
  readonly kind: EntryKind;
  readonly unit: Unit;
  readonly lots: readonly LotChange[];
  readonly occurredAt?: number;
  readonly corrects?: number;
  /** Change of the lifetime sums, in the smallest step. */
  readonly earned?: number;
  readonly redeemed?: number;
  /** Changes of the head besides its sums. */
  readonly head?: Partial<
    Pick<Head, "tier" | "status" | "statusSince" | "bills" | "lastEarnedAt" | "lastRedeemedAt">
  >;
  /** Instead of the request's. */
  readonly source?: Source;
  readonly remarks?: Remarks;
}

/** An empty draft. `now` never runs behind the last entry, even if the clock jumped back. */
export function startDraft(ledger: Ledger, request: CommandRequest, clock: number): Draft {
  const now = Math.max(clock, ledger.head.recordedAt);
  const occurredAt = Math.min(request.occurredAt ?? now, now);
  return { ledger, request, now, occurredAt, head: ledger.head, entries: [] };
}

/** Appends one entry and moves the head. */
export function book(draft: Draft, line: Line): Entry {
  const { request, head } = draft;
  const seq = head.seq + 1;
  const amount = sum(line.lots);
  const before = holdingOf(head, line.unit);
  const holding: Holding = {
    balance: before.balance + amount,
    earned: before.earned + (line.earned ?? 0),
    redeemed: before.redeemed + (line.redeemed ?? 0),
  };
  const after: Head = {
    ...head,
    ...line.head,
    seq,
    holdings: { ...head.holdings, [line.unit]: holding },
    recordedAt: draft.now,
  };
  const entry: Entry = {
    seq,
    id: makeId("ent", followingUlid(request.id, draft.entries.length)),
    kind: line.kind,
    unit: line.unit,
    amount,
    lots: line.lots,
    occurredAt: line.occurredAt ?? draft.occurredAt,
    recordedAt: draft.now,
    corrects: line.corrects ?? null,
    source: line.source ?? request.source,
    remarks: line.remarks ?? request.remarks,
    after,
    receipt: null,
  };
  draft.entries.push(entry);
  draft.head = after;
  return entry;
}

/** Sum of lot changes. */
export function sum(lots: readonly LotChange[]): number {
  return lots.reduce((total, lot) => total + lot.amount, 0);
}

/** How much a lot holds once the draft is stored. */
export function lotAfter(draft: Draft, unit: Unit, expiresAt: number): number {
  const stored = draft.ledger.lotAmount(unit, expiresAt);
  return stored + changeOf(draft, unit, expiresAt);
}

function changeOf(draft: Draft, unit: Unit, expiresAt: number): number {
  let change = 0;
  for (const entry of draft.entries) {
    if (entry.unit !== unit) continue;
    for (const lot of entry.lots) if (lot.expiresAt === expiresAt) change += lot.amount;
  }
  return change;
}

/** {@link Ledger.expired} once the draft is stored. */
export function expiredAfter(draft: Draft, unit: Unit, expiresAt: number): number {
  const booked = draft.entries.filter((entry) => entry.kind === "expire" && entry.unit === unit);
  const own = booked.flatMap(({ lots }) => lots).filter((lot) => lot.expiresAt === expiresAt);
  return draft.ledger.expired(unit, expiresAt) - sum(own);
}

/**
 * Chooses what to take from a unit's lots: those that expire first. The caller has checked that
 * the balance covers it; `already` are takings of the same entry that are not booked yet.
 */
export function takeFirstToExpire(
  draft: Draft,
  unit: Unit,
  amount: number,
  already: readonly LotChange[] = [],
): LotChange[] {
  const taken: LotChange[] = [];
  let rest = amount;
  if (rest === 0) return taken;
  for (const lot of draft.ledger.lots(unit)) {
    if (lot.expiresAt === DEBT) continue;
    const pending = already.find((change) => change.expiresAt === lot.expiresAt)?.amount ?? 0;
    const held = lot.amount + changeOf(draft, unit, lot.expiresAt) + pending;
    const part = Math.min(held, rest);
    if (part > 0) taken.push({ expiresAt: lot.expiresAt, amount: -part });
    rest -= part;
    if (rest === 0) break;
  }
  return rest === 0 ? taken : [...taken, { expiresAt: DEBT, amount: -rest }];
}

/**
 * Adds to lots, paying a debt first: the debt lot takes its share from the earliest lots. What is
 * given back to the debt lot and not owed any more lives until `restoredUntil`.
 */
export function give(
  draft: Draft,
  unit: Unit,
  lots: readonly LotChange[],
  restoredUntil = DEBT + 1,
): LotChange[] {
  let debt = Math.max(0, -holdingOf(draft.head, unit).balance);
  const given: LotChange[] = [];
  let paid = 0;
  for (const lot of lots.toSorted(byExpiry)) {
    // What expired before 1970 must not pass for the debt lot.
    const expiresAt = lot.expiresAt === DEBT ? restoredUntil : Math.max(lot.expiresAt, DEBT + 1);
    const part = Math.min(debt, lot.amount);
    debt -= part;
    paid += part;
    if (lot.amount > part) given.push({ expiresAt, amount: lot.amount - part });
  }
  return paid > 0 ? [{ expiresAt: DEBT, amount: paid }, ...given] : given;
}

/** When it happened last: an offline till may tell later of what was earlier. */
export function latest(draft: Draft, before: number | null): number {
  return Math.max(before ?? draft.occurredAt, draft.occurredAt);
}

/** Orders lots by their expiry, soonest first. */
export function byExpiry(one: LotChange, other: LotChange): number {
  return one.expiresAt - other.expiresAt;
}

/** Adds up changes of the same lot and leaves out those that cancel. */
export function mergeLots(lots: readonly LotChange[]): LotChange[] {
  const sums = new Map<number, number>();
  for (const lot of lots) sums.set(lot.expiresAt, (sums.get(lot.expiresAt) ?? 0) + lot.amount);
  return [...sums]
    .filter(([, amount]) => amount !== 0)
    .map(([expiresAt, amount]) => ({ expiresAt, amount }));
}
