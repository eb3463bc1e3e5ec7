import { and, desc, eq, lt, ne, sql } from "drizzle-orm";
import type { Database } from "../database.ts";
import { wallets } from "../ledger/schema.ts";
import { customers, identifiers } from "./schema.ts";
import type { Customer } from "./view.ts";
import { selectCustomers } from "./view.ts";

/** Which customers to list. */
export interface CustomerFilter {
  /** Part of a name or e-mail, or the beginning of an identifier; any case. */
  readonly search: string | null;
  readonly tier: string | null;
  /** The tier of customers whose wallet has told nothing yet. */
  readonly lowestTier: string | null;
  /** Only customers with a smaller number, for paging by cursor; null is all. */
  readonly before: number | null;
}

/** A page of a merchant's customers, newest first, and how many match in all. */
export async function pageCustomers(
  db: Database,
  merchantId: string,
  filter: CustomerFilter,
  limit: number,
  offset: number,
): Promise<{ readonly rows: readonly Customer[]; readonly total: number }> {
  const where = and(
    eq(customers.merchantId, merchantId),
    filter.tier === null ? undefined : tierIs(filter.tier, filter.lowestTier),
    filter.search === null ? undefined : matches(filter.search),
    filter.before === null ? undefined : lt(customers.number, filter.before),
    ne(customers.status, "erased"),
  );
  const rows = selectCustomers(db, merchantId).where(where).orderBy(desc(customers.number));
  const [page, counted] = await Promise.all([
    rows.limit(limit).offset(offset).all(),
    db
      .select({ total: sql<number>`COUNT(*)` })
      .from(customers)
      .leftJoin(wallets, eq(wallets.customerId, customers.id))
      .where(where),
  ]);
  return { rows: page, total: counted[0]?.total ?? 0 };
}

function tierIs(tier: string, lowestTier: string | null) {
  const held = sql`COALESCE(${wallets.tier}, ${lowestTier})`;
  return sql`LOWER(${held}) = ${tier.toLowerCase()}`;
}

/** Not LIKE: D1 allows its patterns 50 bytes, and a search may hold its wildcards. */
function matches(search: string) {
  const wanted = sql`LOWER(${search})`;
  return sql`(INSTR(LOWER(${customers.name}), ${wanted}) > 0
    OR INSTR(LOWER(${customers.email}), ${wanted}) > 0
    OR EXISTS (SELECT 1 FROM ${identifiers} WHERE ${identifiers.customerId} = ${customers.id}
      AND INSTR(LOWER(${identifiers.value}), ${wanted}) = 1))`;
}
