import type { SQL } from "drizzle-orm";
import { and, asc, sql } from "drizzle-orm";
import type { IdentifierKind } from "../../core/identifiers.ts";
import type { Slice } from "../blocks.ts";
import { placeOf } from "../blocks.ts";
import type { Database } from "../database.ts";
import { customers } from "./schema.ts";
import { numbersNamed } from "./search.ts";
import type { Customer } from "./view.ts";
import { numbered, selectCustomers } from "./view.ts";

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
  { limit, offset }: Slice,
): Promise<Customer[]> {
  const rows = selectCustomers(db, merchantId).orderBy(asc(customers.number));
  const source = sourceOf(merchantId, window);
  if (source !== null) {
    const where = and(source, within(merchantId, window));
    return rows.where(where).limit(limit).offset(offset);
  }
  if (isTimed(window)) {
    // The plus has the index of changes be gone through, whose entries tell all that is asked.
    const page = sql`SELECT number FROM customers WHERE ${ofTime(merchantId, window)}
      ORDER BY +number LIMIT ${limit} OFFSET ${offset}`;
    return rows.where(numbered(merchantId, page));
  }
  const { from, skip } = await placeOf(db, sumsOf(merchantId, window), offset, "ascending");
  if (from === null) return [];
  const page = sql`SELECT number FROM customers WHERE merchant_id = ${merchantId}
    AND number >= ${from} ${isActive(window)} ORDER BY number LIMIT ${limit} OFFSET ${skip}`;
  return rows.where(numbered(merchantId, page));
}

/** How many of a merchant's customers a window has, and when the last of them was changed. */
export async function summariseCustomers(
  db: Database,
  merchantId: string,
  window: CustomerWindow,
): Promise<{ readonly count: number; readonly updatedAt: number | null }> {
  const source = sourceOf(merchantId, window);
  if (source !== null) {
    const where = and(source, within(merchantId, window));
    const found = await db.get<{ count: number; updatedAt: number | null }>(
      sql`SELECT COUNT(*) AS count, MAX(+updated_at) AS "updatedAt" FROM customers WHERE ${where}`,
    );
    return found ?? { count: 0, updatedAt: null };
  }
  const where = ofTime(merchantId, window);
  const [last, count] = await Promise.all([
    db.get<{ updatedAt: number }>(sql`SELECT updated_at AS "updatedAt" FROM customers
      WHERE ${where} ORDER BY updated_at DESC LIMIT 1`),
    isTimed(window)
      ? db.get<{ total: number }>(sql`SELECT COUNT(*) AS total FROM customers WHERE ${where}`)
      : placeOf(db, sumsOf(merchantId, window), 0, "ascending"),
  ]);
  return { count: count?.total ?? 0, updatedAt: last?.updatedAt ?? null };
}

function sumsOf(merchantId: string, { activeOnly }: CustomerWindow): SQL {
  return sql`SELECT start, SUM(${activeOnly ? sql`active` : sql`kept`}) AS n FROM customer_blocks
    WHERE merchant_id = ${merchantId} GROUP BY start`;
}

function isTimed({ since, until }: CustomerWindow): boolean {
  return since > 0 || until < Number.MAX_SAFE_INTEGER;
}

function isActive({ activeOnly }: CustomerWindow): SQL {
  return activeOnly ? sql`AND status NOT IN ('inactive', 'erased')` : sql``;
}

function ofTime(merchantId: string, window: CustomerWindow): SQL {
  return sql`merchant_id = ${merchantId} AND updated_at >= ${window.since}
    AND updated_at < ${window.until} ${isActive(window)}`;
}

/** Who has the first of the texts that are wanted, found by an index; null: none is wanted. */
function sourceOf(merchantId: string, window: CustomerWindow): SQL | null {
  const { code, alternateCode, email, mobile, telephone, name } = window;
  const has = (condition: SQL) =>
    sql`SELECT id FROM customers WHERE merchant_id = ${merchantId} AND ${condition}`;
  const identified = (kind: IdentifierKind, value: string) =>
    sql`SELECT customer_id FROM identifiers
      WHERE merchant_id = ${merchantId} AND kind = ${kind} AND value = ${value}`;
  const among = (ids: SQL) => sql`customers.id IN (${ids})`;
  if (code !== null) {
    const own = has(sql`attributes ->> '$.code' = ${code}`);
    return among(sql`${own} UNION ${identified("reference_code", code)}`);
  }
  if (alternateCode !== null) return among(identified("alternate_code", alternateCode));
  if (email !== null) return among(has(sql`email = ${email}`));
  if (mobile !== null) {
    const own = has(sql`attributes ->> '$.mobile' = ${mobile}`);
    return among(sql`${own} UNION ${identified("phone", mobile)}`);
  }
  if (telephone !== null) return among(has(sql`attributes ->> '$.telephone' = ${telephone}`));
  return name === null ? null : numbered(merchantId, numbersNamed(merchantId, name));
}

// Names written out: in a query of one table drizzle leaves the table's away, and a bare name would
// mean the inner query's own column.
function identifier(kind: IdentifierKind): SQL<string | null> {
  return sql<string | null>`(SELECT MIN(i.value) FROM identifiers AS i
    WHERE i.customer_id = customers.id AND +i.merchant_id = customers.merchant_id
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
    // The pluses keep SQLite from going through all that the merchant has, or that was changed.
    sql`+customers.merchant_id = ${merchantId}`,
    sql`+customers.updated_at >= ${since} AND +customers.updated_at < ${until}`,
    activeOnly ? sql`customers.status NOT IN ('inactive', 'erased')` : undefined,
    is(sql`COALESCE(${attribute("code")}, ${identifier("reference_code")})`, code),
    is(identifier("alternate_code"), alternateCode),
    is(sql`customers.email`, email),
    is(sql`COALESCE(${attribute("mobile")}, ${identifier("phone")})`, mobile),
    is(attribute("telephone"), telephone),
    is(sql`customers.name`, name),
  );
}
