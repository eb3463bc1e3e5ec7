import type * as z from "zod";
import type { Reference } from "../../core/ledger/commands.ts";
import type { Remarks } from "../../core/ledger/entries.ts";
import type { Standing } from "../../core/program/tiers.ts";
import { wholePointsUp } from "../../http/wire/amounts.ts";
import type { tierProgress } from "./answers.ts";

/** Points count as expiring soon within so many milliseconds: 30 days. */
export const SOON_MS = 30 * 24 * 60 * 60 * 1000;

/** `CUST_<n>` of a customer's number. */
export function customerText(number: number): string {
  return `CUST_${number}`;
}

const CUSTOMER = /^(?:CUST_)?0*([1-9]\d{0,14})$/;

/** The number in a `customer_id`, with or without its prefix; null when there is none. */
export function parseCustomer(text: string): number | null {
  const [, digits] = CUSTOMER.exec(text.trim()) ?? [];
  return digits === undefined ? null : Number(digits);
}

/**
 * `TXN_<n>` of an entry, where n is the customer's number, the entry's, and how many digits the
 * latter has. So the number is unique in the merchant without a counter that every earn would
 * write, and a reversal finds the wallet from the number alone.
 */
export function transactionText(customer: number, seq: number): string {
  return `TXN_${customer}${seq}${String(seq).length}`;
}

const TRANSACTION = /^(?:TXN_)?0*([1-9]\d{0,30})$/;

/** The customer's and the entry's number in a transaction's; null when it cannot be one. */
export function parseTransaction(
  text: string,
): { readonly customer: number; readonly seq: number } | null {
  const [, digits = ""] = TRANSACTION.exec(text.trim()) ?? [];
  const length = Number(digits.at(-1));
  const body = digits.slice(0, -1);
  const customer = Number(body.slice(0, -length));
  const seq = Number(body.slice(-length));
  const sound = length > 0 && body.length > length && body.at(-length) !== "0" && customer > 0;
  return sound && Number.isSafeInteger(customer) ? { customer, seq } : null;
}

/** A time as KiriMel writes it: UTC, whole seconds. */
export function timeText(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Body of a `{success, data}` answer. */
export function dataBody<D extends object>(data: D): { success: true; data: D } {
  return { success: true, data };
}

/** How far the next tier is. */
export function progressBody(standing: Standing): z.input<typeof tierProgress> {
  return {
    current_tier: standing.tier,
    points_to_next: wholePointsUp(standing.missing),
    next_tier: standing.next,
  };
}

/** Fields that every booking may carry. */
export interface RemarkFields {
  readonly description?: string | undefined;
  readonly reference_id?: string | undefined;
  readonly reference_type?: string | undefined;
}

/** The natural key of a booking, in the name space of its operation. */
export function referenceOf(
  operation: string,
  wire: RemarkFields,
  content: number | string,
): Reference | null {
  const key = wire.reference_id;
  return key === undefined ? null : { operation, key, fingerprint: String(content) };
}

/** What the till said besides amounts. */
export function remarksOf(
  wire: RemarkFields,
  more: { readonly purchase?: Remarks["purchase"]; readonly extra?: Record<string, string> } = {},
): Remarks {
  const { description, reference_type: type } = wire;
  const extra = { ...more.extra, ...(type === undefined ? {} : { reference_type: type }) };
  return {
    ...(description === undefined ? {} : { description }),
    ...(more.purchase === undefined ? {} : { purchase: more.purchase }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}
