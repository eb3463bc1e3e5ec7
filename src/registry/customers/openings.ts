import { and, eq, sql } from "drizzle-orm";
import type { KeptBooking } from "../../core/ledger/opening.ts";
import type { Database, Write } from "../database.ts";
import { textParts } from "../parts.ts";
import { openings } from "./schema.ts";

/** An opening of a customer who has just come to be. */
export interface NewOpening {
  readonly customer: string;
  readonly bookings: readonly KeptBooking[];
}

/**
 * The writes that keep what new customers' wallets open with; they belong into the batch that adds
 * the customers.
 */
export function insertOpenings(
  db: Database,
  merchantId: string,
  added: readonly NewOpening[],
): Write[] {
  const rows = added.map(({ customer, bookings }) => {
    return { customer, bookings, keys: bookings.map(({ reference }) => reference.key) };
  });
  return textParts(rows).map((part) =>
    db.insert(openings).select(
      sql`SELECT json_extract(item.value, '$.customer'), ${merchantId},
        json_extract(item.value, '$.bookings'), json_extract(item.value, '$.keys')
        FROM json_each(${JSON.stringify(part)}) AS item`,
    ),
  );
}

/** What a customer's wallet opens with, if it was not opened long ago. */
export async function findOpening(
  db: Database,
  merchantId: string,
  customer: string,
): Promise<readonly KeptBooking[] | undefined> {
  const own = and(eq(openings.customerId, customer), eq(openings.merchantId, merchantId));
  const row = await db.select({ bookings: openings.bookings }).from(openings).where(own).get();
  return row?.bookings;
}

/** The natural keys that the openings of these customers hold, by customer. */
export async function readOpeningKeys(
  db: Database,
  merchantId: string,
  customers: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const among = sql`${openings.customerId} IN
    (SELECT value FROM json_each(${JSON.stringify(customers)}))`;
  const rows = await db
    .select({ customer: openings.customerId, keys: openings.keys })
    .from(openings)
    .where(and(among, eq(openings.merchantId, merchantId)))
    .all();
  return new Map(rows.map(({ customer, keys }) => [customer, keys]));
}

/** The write that drops the openings of customers: whose wallet publishes has stored it. */
export function dropOpenings(
  db: Database,
  merchantId: string,
  customers: readonly string[],
): Write {
  const among = sql`${openings.customerId} IN
    (SELECT value FROM json_each(${JSON.stringify(customers)}))`;
  return db.delete(openings).where(and(among, eq(openings.merchantId, merchantId)));
}
