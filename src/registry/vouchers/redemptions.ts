import type { SQL } from "drizzle-orm";
import { and, eq, sql } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import { vouchers } from "./schema.ts";

/** What a redemption writes. */
export interface RedemptionWrite {
  readonly merchantId: string;
  readonly id: string;
  /** Who redeems; null where nobody knows. */
  readonly customerId: string | null;
  readonly reference: string | null;
  readonly redemption: unknown;
  readonly now: number;
}

/**
 * The conditional write that redeems a voucher: it changes a row only while it is active, and while
 * whoever redeems it, or has it, is too.
 */
export function redeemVoucherWrite(db: Database, write: RedemptionWrite): Write {
  const { merchantId, id, customerId, reference, redemption, now } = write;
  return db
    .update(vouchers)
    .set({
      status: "redeemed",
      redeemedAt: now,
      redeemedBy: customerId,
      redeemReference: reference,
      redemption,
      updatedAt: now,
    })
    .where(and(eq(vouchers.merchantId, merchantId), eq(vouchers.id, id), usableBy(write)));
}

/** What a redemption of several vouchers writes to each of them. */
export interface JointRedemptionWrite extends Omit<RedemptionWrite, "id" | "reference"> {
  readonly ids: readonly string[];
  /** Who redeems; null: for each whom it was issued to. */
  readonly customerId: string | null;
  /** When it happened at the till. */
  readonly redeemedAt: number;
}

/** {@link redeemVoucherWrite} for several: it changes a row for each that may be redeemed. */
export function redeemVouchersWrite(db: Database, write: JointRedemptionWrite): Write {
  const { merchantId, ids, redemption, redeemedAt, now } = write;
  const wanted = sql`${vouchers.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
  return db
    .update(vouchers)
    .set({ status: "redeemed", redeemedAt, redeemedBy: whoOf(write), redemption, updatedAt: now })
    .where(and(sql`+${vouchers.merchantId} = ${merchantId}`, wanted, usableBy(write)));
}

/** The write that takes from a customer's redemptions what a person wrote about them. */
export function forgetRedemptionRemarks(
  db: Database,
  merchantId: string,
  customerId: string,
): Write {
  const told = sql`json_extract(${vouchers.redemption}, '$.remarks') IS NOT NULL`;
  return db
    .update(vouchers)
    .set({ redemption: sql`json_set(${vouchers.redemption}, '$.remarks', NULL)` })
    .where(and(eq(vouchers.merchantId, merchantId), eq(vouchers.redeemedBy, customerId), told));
}

type Who = Pick<RedemptionWrite, "customerId" | "merchantId">;

function whoOf({ customerId }: Who): SQL {
  return sql`COALESCE(${customerId}, ${vouchers.customerId})`;
}

function usableBy(who: Who): SQL | undefined {
  return and(eq(vouchers.status, "active"), isActive(who.merchantId, whoOf(who)));
}

/**
 * Whether nothing bars a customer, an id or an expression for one, from having or using anything.
 */
export function isActive(merchantId: string, customer: SQL | string): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM customers WHERE id = ${customer}
    AND merchant_id = ${merchantId} AND status <> 'active')`;
}
