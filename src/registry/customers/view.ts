import type { SQL } from "drizzle-orm";
import { and, eq, getTableColumns, sql } from "drizzle-orm";
import type { Identifier } from "../../core/identifiers.ts";
import type { Database } from "../database.ts";
import { wallets } from "../ledger/schema.ts";
import { customers, customerTypes } from "./schema.ts";

/** A row of `customers`. */
export type CustomerRow = Omit<typeof customers.$inferSelect, "tier">;

/** A customer to add; without a number it gets the merchant's next one. */
export type NewCustomer = Omit<CustomerRow, "number"> & { readonly number: number | null };

/** A customer as all that shows or weighs one reads it; the password is not to be seen. */
export interface Customer extends Omit<CustomerRow, "password"> {
  /** All that the customer is found by, first given first. */
  readonly identifiers: readonly Identifier[];
  /** Number of the customer's site, or else of the merchant's first; null without sites. */
  readonly siteNumber: number | null;
  /** Null: is of none, or of one that is not active. */
  readonly type: typeof customerTypes.$inferSelect | null;
  /** What the wallet last told; null: nothing yet. */
  readonly wallet: typeof wallets.$inferSelect | null;
}

/** What of a customer is known before the row is kept. Every {@link Customer} is one too. */
export interface AddedCustomer extends Omit<NewCustomer, "password"> {
  readonly identifiers: readonly Identifier[];
}

const { password: _hidden, tier: _copied, ...profile } = getTableColumns(customers);

// Names written out: drizzle may leave the table's away, and a bare name would mean the inner
// query's own column.
const siteNumber = sql<number | null>`COALESCE(
  (SELECT s.number FROM sites AS s WHERE s.id = customers.site_id),
  (SELECT MIN(s.number) FROM sites AS s WHERE s.merchant_id = customers.merchant_id))`;

// The plus, as in `ofMerchant`.
const identifiers = sql`(
  SELECT json_group_array(json_object('kind', i.kind, 'value', i.value) ORDER BY i.rowid)
  FROM identifiers AS i
  WHERE i.customer_id = customers.id AND +i.merchant_id = customers.merchant_id)`.mapWith(
  (text: string): readonly Identifier[] => JSON.parse(text),
);

/**
 * The one way to read customers: who is meant, in which order, is for the caller to add. Not for a
 * batch: D1 answers those by column name, and the tables share some.
 */
export function selectCustomers(db: Database, merchantId: string) {
  const isTheirs = and(
    eq(customerTypes.merchantId, merchantId),
    eq(customerTypes.active, true),
    sql`${customerTypes.id} = json_extract(${customers.attributes}, '$.type')`,
  );
  return db
    .select({ ...profile, identifiers, siteNumber, type: customerTypes, wallet: wallets })
    .from(customers)
    .leftJoin(wallets, eq(wallets.customerId, customers.id))
    .leftJoin(customerTypes, isTheirs);
}

/** Who of a merchant's customers has one of the numbers that a query selects. */
export function numbered(merchantId: string, numbers: SQL): SQL {
  return sql`customers.merchant_id = ${merchantId} AND customers.number IN (${numbers})`;
}
