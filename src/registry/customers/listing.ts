import type { SQL } from "drizzle-orm";
import { desc, sql } from "drizzle-orm";
import { placeOf } from "../blocks.ts";
import type { Database } from "../database.ts";
import { customers } from "./schema.ts";
import { numbersFound } from "./search.ts";
import type { Customer } from "./view.ts";
import { numbered, selectCustomers } from "./view.ts";

/** Which customers to list. */
export interface CustomerFilter {
  /** Part of a name or e-mail, or the beginning of an identifier; any case. */
  readonly search: string | null;
  readonly tier: string | null;
  /** The tier of customers whose wallet has told nothing yet. */
  readonly lowestTier: string | null;
}

/**
 * A page of a merchant's customers, newest first, and how many match in all; of a search as far as
 * it is followed, see {@link numbersFound}.
 */
export async function pageCustomers(
  db: Database,
  merchantId: string,
  filter: CustomerFilter,
  limit: number,
  offset: number,
): Promise<{ readonly rows: readonly Customer[]; readonly total: number }> {
  const tiers = filter.tier === null ? null : tierKeys(filter.tier, filter.lowestTier);
  const ofTiers = tiers === null ? sql`` : isOf(tiers);
  if (filter.search !== null) {
    const numbers = numbersFound(merchantId, filter.search, "everything");
    const found = sql`SELECT number FROM (SELECT number AS found FROM (${numbers})) AS f
      CROSS JOIN customers ON merchant_id = ${merchantId} AND number = found
      WHERE status <> 'erased' ${ofTiers}`;
    const page = sql`${found} ORDER BY number DESC LIMIT ${limit} OFFSET ${offset}`;
    const [rows, counted] = await Promise.all([
      readNumbered(db, merchantId, page),
      db.get<{ total: number }>(sql`SELECT COUNT(*) AS total FROM (${found})`),
    ]);
    return { rows, total: counted?.total ?? 0 };
  }
  const sums = sql`SELECT start, SUM(living) AS n FROM customer_blocks
    WHERE merchant_id = ${merchantId} ${ofTiers} GROUP BY start`;
  const { total, from, skip } = await placeOf(db, sums, offset, "descending");
  if (from === null) return { rows: [], total };
  const parts = (tiers ?? [null]).map(
    (tier) => sql`SELECT number FROM customers WHERE merchant_id = ${merchantId}
      AND status <> 'erased' AND number <= ${from}
      ${tier === null ? sql`` : isOf([tier])}`,
  );
  const numbers = sql.join(parts, sql` UNION ALL `);
  const page = sql`${numbers} ORDER BY number DESC LIMIT ${limit} OFFSET ${skip}`;
  return { rows: await readNumbered(db, merchantId, page), total };
}

/** A merchant's customers with smaller numbers than `before` (null: all), newest first. */
export async function customersBelow(
  db: Database,
  merchantId: string,
  before: number | null,
  limit: number,
): Promise<Customer[]> {
  const page = sql`SELECT number FROM customers WHERE merchant_id = ${merchantId}
    AND status <> 'erased' AND number < ${before ?? Number.MAX_SAFE_INTEGER}
    ORDER BY number DESC LIMIT ${limit}`;
  return readNumbered(db, merchantId, page);
}

/** What {@link customers.tier} may be: who has told no tier is in the lowest. */
function tierKeys(tier: string, lowestTier: string | null): readonly SQL[] {
  const key = sql`LOWER(${tier})`;
  return tier.toLowerCase() === lowestTier?.toLowerCase() ? [key, sql`''`] : [key];
}

function isOf(tiers: readonly SQL[]): SQL {
  return sql`AND tier IN (${sql.join([...tiers], sql`, `)})`;
}

/** The customers whose numbers a page selects, newest first. */
async function readNumbered(db: Database, merchantId: string, page: SQL): Promise<Customer[]> {
  return selectCustomers(db, merchantId)
    .where(numbered(merchantId, page))
    .orderBy(desc(customers.number))
    .all();
}
