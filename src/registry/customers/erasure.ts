import { and, eq, inArray, isNull, ne, sql } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import { memberships } from "../memberships/schema.ts";
import { messages } from "../messages/schema.ts";
import { forgetRemarks } from "../purchases/invoices.ts";
import { forgetRedemptionRemarks } from "../vouchers/redemptions.ts";
import { customers, identifiers, openings } from "./schema.ts";

/** What an erasure writes. */
export interface ErasureWrites {
  /** Changes a row only if the customer was not erased before. */
  readonly conditional: Write;
  readonly others: readonly Write[];
}

/**
 * The writes that take from a merchant's customer all that is personal. The row stays, as the
 * pseudonym under which entries, bills and vouchers are kept; memberships that are held end.
 */
export function eraseCustomerWrites(
  db: Database,
  merchantId: string,
  id: string,
  now: number,
): ErasureWrites {
  // The plus keeps SQLite from the indexes that begin with the merchant.
  const own = and(sql`+${identifiers.merchantId} = ${merchantId}`, eq(identifiers.customerId, id));
  const phones = db
    .select({ value: identifiers.value })
    .from(identifiers)
    .where(and(own, eq(identifiers.kind, "phone")));
  const held = and(
    eq(memberships.merchantId, merchantId),
    eq(memberships.customerId, id),
    isNull(memberships.endedAt),
  );
  return {
    conditional: db
      .update(customers)
      .set({
        status: "erased",
        name: null,
        email: null,
        birthDate: null,
        attributes: {},
        password: null,
        updatedAt: now,
      })
      .where(
        and(
          eq(customers.merchantId, merchantId),
          eq(customers.id, id),
          ne(customers.status, "erased"),
        ),
      ),
    others: [
      db
        .delete(messages)
        .where(and(eq(messages.merchantId, merchantId), inArray(messages.recipient, phones))),
      db.delete(identifiers).where(own),
      db
        .delete(openings)
        .where(and(eq(openings.merchantId, merchantId), eq(openings.customerId, id))),
      db.update(memberships).set({ endedAt: now, updatedAt: now }).where(held),
      forgetRemarks(db, merchantId, id),
      forgetRedemptionRemarks(db, merchantId, id),
    ],
  };
}
