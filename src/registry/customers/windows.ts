import type { SQL } from "drizzle-orm";
import { and, asc, eq, gte, lt, sql } from "drizzle-orm";
import type { IdentifierKind } from "../../core/identifiers.ts";
import type { Database } from "../database.ts";
import { customers } from "./schema.ts";
import type { Customer } from "./view.ts";
import { selectCustomers } from "./view.ts";

/** Which customers a list has: those who are all that is not null. Texts are compared exactly. */
export interface CustomerWindow {
  /** Neither inactive nor erased. */
  readonly activeOnly: boolean;
  /** Only those whose profile was changed then or later. */
  readonly since: number;
  /** Not included. */
  readonly until: number;
  readonly code: string | null;
  readonly alternateCode: string | null;
  /** Lower case. */
  readonly email: string | null;
  readonly mobile: string | null;
  readonly telephone: string | null;
  readonly name: string | null;
}

/**
 * Some of a merchant's customers in the order of their numbers, points as the wallets last told
 * them. Who was erased keeps a place without data: a page that follows must not move up by one.
 */
export async function listCustomerWindow(
  db: Database,
  merchantId: string,
  window: CustomerWindow,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<Customer[]> {
  return selectCustomers(db, merchantId)
    .where(within(merchantId, window))
    .orderBy(asc(customers.number))
    .limit(limit)
    .offset(offset);
}

/** How many of a merchant's customers a window has, and when the last of them was changed. */
export async function summariseCustomers(
  db: Database,
  merchantId: string,
  window: CustomerWindow,
): Promise<{ readonly count: number; readonly updatedAt: number | null }> {
  const count = sql<number>`COUNT(*)`;
  const updatedAt = sql<number | null>`MAX(customers.updated_at)`;
  const where = within(merchantId, window);
  const found = await db.select({ count, updatedAt }).from(customers).where(where).get();
  return found ?? { count: 0, updatedAt: null };
}

// Names written out: in a query of one table drizzle leaves the table's away, and a bare name would
// mean the inner query's own column.
function identifier(kind: IdentifierKind): SQL<string | null> {
  return sql<string | null>`(SELECT MIN(i.value) FROM identifiers AS i
    WHERE i.customer_id = customers.id AND i.merchant_id = customers.merchant_id
    AND i.kind = ${kind})`;
}

function attribute(name: "code" | "mobile" | "telephone"): SQL<string | null> {
  return sql<string | null>`json_extract(customers.attributes, ${`$.${name}`})`;
}

function within(merchantId: string, window: CustomerWindow): SQL | undefined {
  const { activeOnly, since, until, code, alternateCode, email, mobile, telephone, name } = window;
  const is = (value: SQL, wanted: string | null): SQL | undefined =>
    wanted === null ? undefined : sql`${value} = ${wanted}`;
  return and(
    eq(customers.merchantId, merchantId),
    gte(customers.updatedAt, since),
    lt(customers.updatedAt, until),
    activeOnly ? sql`customers.status NOT IN ('inactive', 'erased')` : undefined,
    is(sql`COALESCE(${attribute("code")}, ${identifier("reference_code")})`, code),
    is(identifier("alternate_code"), alternateCode),
    is(sql`customers.email`, email),
    is(sql`COALESCE(${attribute("mobile")}, ${identifier("phone")})`, mobile),
    is(attribute("telephone"), telephone),
    is(sql`customers.name`, name),
  );
}
