import type { Money, Unit } from "../amount.ts";
import type { CustomerStatus } from "../customers.ts";
import type { LoyaltyError } from "../errors.ts";
import type { Program } from "../program/program.ts";
import type { EarningRule } from "../purchases/purchase.ts";
import type { BillLine, LotChange, Remarks, Source, VoucherGrant } from "./entries.ts";

/** Adds what a purchase or an action earned. */
export interface EarnCommand {
  readonly kind: "earn";
  readonly unit: Unit;
  /**
   * A fixed amount in the smallest step, or the purchase from which the programme computes it, with
   * its business day (`YYYY-MM-DD`).
   */
  readonly grant: { readonly amount: number } | { readonly purchase: Money; readonly day: string };
  /** When the lot expires; {@link NEVER} if it does not. */
  readonly expiresAt: number;
}

/**
 * Records a purchase with its lines, adds the points that it earns, judges the tier anew, and adds
 * the stamps and records the vouchers that it grants. A negative one is a return: it takes back
 * what that much would earn.
 */
export interface BillCommand {
  readonly kind: "bill";
  /** The till's own number; null when it told none. */
  readonly number: string | null;
  readonly purchase: Money;
  /** What of the purchase earns points; absent: all of it. */
  readonly base?: Money;
  /** At most {@link MAX_BILL_LINES}, each in the currency of the purchase. */
  readonly lines: readonly BillLine[];
  /** By which rule it earns; absent: the programme's. */
  readonly earning?: EarningRule;
  /** Business day on which it happened, in the merchant's time zone: `YYYY-MM-DD`. */
  readonly day: string;
  /** When the earned lot expires. */
  readonly expiresAt: number;
  /** Stamps that it grants: one lot. Absent: none. */
  readonly stamps?: LotChange;
  /** Vouchers that it grants, made beforehand. Absent: none. */
  readonly vouchers?: readonly VoucherGrant[];
}

/** Takes an amount, first from the lots that expire first. */
export interface RedeemCommand {
  readonly kind: "redeem";
  readonly unit: Unit;
  /** Positive, in the smallest step. */
  readonly amount: number;
}

/** Adds or takes an amount by a person's decision; counts for no tier. */
export interface AdjustCommand {
  readonly kind: "adjust";
  readonly unit: Unit;
  /** Not 0; negative takes. */
  readonly amount: number;
  readonly expiresAt: number;
}

/** Takes back an earlier earn, redeem or adjust, restoring the very lots that it touched. */
export interface ReverseCommand {
  readonly kind: "reverse";
  readonly seq: number;
  /** How much of a redemption, positive, in the smallest step; absent: all that is left of it. */
  readonly amount?: number;
}

/** Takes a bill back with the points and stamps that it gave; what it took comes back. */
export interface VoidCommand {
  readonly kind: "void";
  /** Number of the bill's own entry. */
  readonly seq: number;
  /** When points expire that a return took as a debt, and that come back after it was paid. */
  readonly expiresAt: number;
}

/** The opening balance that a customer brings from another system. */
export interface OpenCommand {
  readonly kind: "open";
  readonly unit: Unit;
  readonly lots: readonly LotChange[];
  /** All that was ever earned there; at least what the lots hold is assumed by the caller. */
  readonly earned: number;
}

/** Books the lots that are due. */
export interface ExpireCommand {
  readonly kind: "expire";
}

/** Sets the customer's status, by which later commands are refused; `erased` is for good. */
export interface StatusCommand {
  readonly kind: "status";
  readonly status: CustomerStatus;
  /** What counts as the status before where the ledger was never told one; absent: active. */
  readonly before?: CustomerStatus;
}

/** All that changes a wallet. */
export type Command =
  | EarnCommand
  | BillCommand
  | RedeemCommand
  | AdjustCommand
  | ReverseCommand
  | VoidCommand
  | OpenCommand
  | ExpireCommand
  | StatusCommand;

/**
 * The natural key that the wire gives a command (`reference_id`, an invoice number). Kept for good.
 * The same key and fingerprint is a repeat; the same key with another fingerprint is refused,
 * unless the key recurs.
 */
export interface Reference {
  /** Name space of the key: earn, redeem, … each have their own. */
  readonly operation: string;
  readonly key: string;
  readonly fingerprint: string;
  /**
   * For tills whose numbers start again: only the same content within this time, in milliseconds,
   * is a repeat. Everything else is simply new. Absent: the key stands for one command for good.
   */
  readonly repeatWithinMs?: number;
}

/**
 * What makes a resent request recognisable even without a natural key: an idempotency key, or the
 * signature of a signed write.
 */
export interface Guard {
  readonly kind: "idempotency_key" | "signature";
  readonly key: string;
  /** What must be the same in a repeat; for a signature its method and path. */
  readonly fingerprint: string;
  /** How long the guard holds, in milliseconds. */
  readonly keepMs: number;
}

/** A command with all that is needed to decide, book and repeat it. Plain data. */
export interface CommandRequest {
  /** ULID of the command; its entries' ids follow from it. */
  readonly id: string;
  readonly command: Command;
  readonly program: Program;
  /** When it happened at the till; null is now. */
  readonly occurredAt: number | null;
  readonly reference: Reference | null;
  readonly guard: Guard | null;
  readonly source: Source;
  readonly remarks: Remarks;
}

/** The error of a guard that was used before for something else. */
export function guardReused(guard: Guard): LoyaltyError {
  return { code: guard.kind === "signature" ? "signature_reused" : "idempotency_key_reused" };
}

/** Separates key, operation and content where a key recurs; no till's number holds it. */
const CONTENT = "\u001f";

/**
 * The text under which a reference is stored and found. A recurring key carries operation and
 * content, so that finding its repeat reads one row however often the key came back.
 */
export function storedReference(reference: Reference): string {
  const { operation, key, fingerprint, repeatWithinMs } = reference;
  return repeatWithinMs === undefined ? key : [key, operation, fingerprint].join(CONTENT);
}

/** The key of a till's number that is unique in one place of its merchant only. */
export function keyWithin(number: string, place: string): string {
  return number + CONTENT + place;
}

/** The till's own key of a stored reference. */
export function keyOfStored(stored: string): string {
  const end = stored.indexOf(CONTENT);
  return end === -1 ? stored : stored.slice(0, end);
}
