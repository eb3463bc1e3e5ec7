import type { Money, Unit } from "../amount.ts";
import { inOrder } from "../amount.ts";
import type { CustomerStatus } from "../customers.ts";
import { makeId, ulidOf } from "../ids.ts";
import type { Standing } from "../program/tiers.ts";
import type { VoucherKind } from "../vouchers.ts";

/**
 * Kinds of entry that move an amount. An `expire` that gives is an expiry that a reversal counts as
 * taken: the reversal right behind it takes from that lot.
 */
export const MOVEMENT_KINDS = ["open", "earn", "redeem", "adjust", "reverse", "expire"] as const;

/** See {@link MOVEMENT_KINDS}. */
export type MovementKind = (typeof MOVEMENT_KINDS)[number];

/**
 * Kinds of entry that move none: they record what was bought, which bill was taken back, that the
 * customer's tier or status changed, which voucher a bill granted, or that this is taken back
 * (`withdraw`). What a bill earns and grants are entries of their own behind it, and so is what is
 * taken back with it.
 */
export type RecordKind = "bill" | "void" | "tier" | "status" | "voucher" | "withdraw";

/** What an entry did. */
export type EntryKind = MovementKind | RecordKind;

/** A change of one lot: the lot is named by its unit (the entry's) and the moment it expires. */
export interface LotChange {
  /** Milliseconds since the epoch; {@link NEVER} or {@link DEBT} for the special lots. */
  readonly expiresAt: number;
  /** Smallest steps added (positive) or taken (negative). */
  readonly amount: number;
}

/** An amount that shares one expiry. */
export interface Lot extends LotChange {
  readonly unit: Unit;
}

/** Expiry of a lot that never expires: the last moment that a Date can hold. */
export const NEVER = 8_640_000_000_000_000;

/** Name of the debt lot: sorts before every other, so that what is added pays it first. */
export const DEBT = 0;

/** Sums of one unit after an entry, in the unit's smallest step. */
export interface Holding {
  readonly balance: number;
  /** All that was ever earned, less what was reversed. Decides the tier. */
  readonly earned: number;
  /** All that was ever redeemed, less what was reversed. */
  readonly redeemed: number;
}

/** Bills in one currency, less those that were voided. */
export interface BillSum {
  /** Purchases: what is returned is none. */
  readonly count: number;
  /** In the currency's smallest unit, less what was returned. */
  readonly total: number;
}

/** The state of a wallet after an entry. Its last entry's is the state of the wallet. */
export interface Head {
  /** Number of the entry that led here; 0 for a wallet without entries. */
  readonly seq: number;
  /** Only the units that the wallet ever held. */
  readonly holdings: Readonly<Partial<Record<Unit, Holding>>>;
  readonly tier: string | null;
  /** Of the customer; absent: active, as nothing else was ever told. */
  readonly status?: CustomerStatus;
  /** When it was booked; only with `status`. */
  readonly statusSince?: number;
  /** Sums of the recorded purchases by currency (ISO 4217); absent: there was none. */
  readonly bills?: Readonly<Record<string, BillSum>>;
  readonly lastEarnedAt: number | null;
  readonly lastRedeemedAt: number | null;
  readonly recordedAt: number;
}

/** Where a command came from. */
export interface Source {
  readonly dialect: string;
  readonly key: string | null;
  readonly site: string | null;
  readonly staff: string | null;
}

/** The source of what no till asked for: lots that expire. */
export const SYSTEM_SOURCE: Source = { dialect: "system", key: null, site: null, staff: null };

/** One line of a bill. Kept for returns and category bonuses. */
export interface BillLine {
  readonly category: string | null;
  readonly sku: string | null;
  readonly name: string | null;
  /** As an integer with {@link QUANTITY_SCALE} digits behind the point; null: not told. */
  readonly quantity: number | null;
  /** Price of the whole line in the bill's currency, in its smallest unit. */
  readonly amount: number;
}

/** Digits behind the decimal point of a line's quantity. */
export const QUANTITY_SCALE = 4;

/** A recorded purchase. */
export interface Bill {
  /** The till's own number; null when it told none. */
  readonly number: string | null;
  readonly total: Money;
  readonly lines: readonly BillLine[];
}

/**
 * A voucher that a bill grants. Its id and code were made before the wallet was asked, so that what
 * the ledger keeps is enough to make the voucher, however often.
 */
export interface VoucherGrant {
  /** `vou_` id. */
  readonly id: string;
  /** `vse_` id. */
  readonly series: string;
  readonly kind: VoucherKind;
  readonly code: string;
  /** First and last good business day, `YYYY-MM-DD`. */
  readonly validFrom: string | null;
  readonly validUntil: string | null;
}

/** Most lines of one bill, so that an entry stays far below what a row may hold. */
export const MAX_BILL_LINES = 500;

/** What the till said about a command besides amounts; kept, never judged. */
export interface Remarks {
  readonly description?: string;
  readonly purchase?: Money;
  /** What was bought; only on an entry of the kind `bill`. */
  readonly bill?: Bill;
  /** `bil_` id of the bill that earned or granted this, or that was taken back. */
  readonly billId?: string;
  /** Which voucher was granted; only on an entry of the kind `voucher`. */
  readonly voucher?: VoucherGrant;
  /** Amounts, counts and keys that the dialect tells besides, e.g. `tax_amount`; no free text. */
  readonly details?: Readonly<Record<string, string>>;
  /** Further free texts of the dialect, e.g. `reference_type`. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** What a command answered: enough to answer its repeat alike, for good. */
export interface Receipt {
  /** The entry that carries the command. */
  readonly seq: number;
  readonly entry: string;
  readonly unit: Unit;
  /** Signed amount that the command moved, in the smallest step. */
  readonly amount: number;
  readonly balance: number;
  readonly standing: Standing;
  /** The tier before, when the command changed it. */
  readonly tierBefore?: string | null;
  readonly recordedAt: number;
  /** Seq of the entry that this command took back. */
  readonly corrects?: number;
  /** How much of that entry was taken back by now, where it was done in parts. */
  readonly takenBack?: number;
  /** Vouchers that were granted with what this command took back, if any: unused, they are void. */
  readonly withdrawn?: readonly VoucherGrant[];
  /** Of a bill: the points that it earned, and whether the tier rose with it. */
  readonly bill?: {
    /** Negative: what a return took back. */
    readonly earned: number;
    readonly upgraded: boolean;
    /** Stamps that it earned, if any. */
    readonly stamps?: number;
    /** Vouchers that it granted, if any. */
    readonly vouchers?: readonly VoucherGrant[];
  };
}

/** One immutable line of a wallet's ledger. */
export interface Entry {
  readonly seq: number;
  /** `ent_` id; the event that tells of the entry has the same ULID behind `evt_`. */
  readonly id: string;
  readonly kind: EntryKind;
  readonly unit: Unit;
  /** Signed, in the smallest step; always the sum of `lots`. */
  readonly amount: number;
  readonly lots: readonly LotChange[];
  /** When it happened at the till. */
  readonly occurredAt: number;
  /** When it was booked. */
  readonly recordedAt: number;
  /** Seq of the entry that this one corrects. */
  readonly corrects: number | null;
  readonly source: Source;
  readonly remarks: Remarks;
  readonly after: Head;
  /** Only on the entry that carries the command. */
  readonly receipt: Receipt | null;
}

/** The sums of a unit that was never held. */
export const EMPTY_HOLDING: Holding = { balance: 0, earned: 0, redeemed: 0 };

/** The state of a wallet without entries. */
export const EMPTY_HEAD: Head = {
  seq: 0,
  holdings: {},
  tier: null,
  lastEarnedAt: null,
  lastRedeemedAt: null,
  recordedAt: 0,
};

/** The sums of a unit, zeros if it was never held. */
export function holdingOf(head: Head, unit: Unit): Holding {
  return head.holdings[unit] ?? EMPTY_HOLDING;
}

/** The units that a wallet ever held, in their order. */
export function heldUnits({ holdings }: Pick<Head, "holdings">): readonly Unit[] {
  return inOrder(Object.keys(holdings) as Unit[]);
}

/** `bil_` id of the bill that an entry of that kind records: the same ULID. */
export function billIdOf(entry: Pick<Entry, "id">): string {
  return makeId("bil", ulidOf("ent", entry.id) ?? entry.id);
}
