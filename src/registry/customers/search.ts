import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";

/** The newest customers, among whom a part of a name or e-mail is found wherever it stands. */
const NEWEST = 5_000;
/** Of each kind of beginning so many are found. */
const MOST = 10_000;
/** Behind every text that begins as something does. */
const LAST = sql`CHAR(1114111)`;

/** Where a search looks. */
export type Searched = "names" | "everything";

/**
 * Numbers of the merchant's customers whom a text means: among the newest those who have it
 * anywhere in the name (or e-mail), and of all those whose name or a word of it (or e-mail, or
 * identifier) begins with it. So a search costs the same however many customers there are.
 */
export function numbersFound(merchantId: string, text: string, searched: Searched): SQL {
  const wanted = sql`LOWER(${text})`;
  const everything = searched === "everything";
  const anywhere = everything
    ? sql`INSTR(LOWER(name), ${wanted}) > 0 OR INSTR(LOWER(email), ${wanted}) > 0`
    : sql`INSTR(LOWER(name), ${wanted}) > 0`;
  const begins = (column: SQL) => sql`${column} >= ${wanted} AND ${column} < ${wanted} || ${LAST}`;
  const beginnings = sql`
    UNION SELECT number FROM (SELECT number FROM customers
      WHERE merchant_id = ${merchantId} AND ${begins(sql`email`)} LIMIT ${MOST})
    UNION SELECT number FROM (SELECT c.number FROM identifiers AS i
      CROSS JOIN customers AS c ON c.id = i.customer_id AND +c.merchant_id = i.merchant_id
      WHERE i.merchant_id = ${merchantId} AND i.kind <> ''
        AND ${begins(sql`i.value COLLATE NOCASE`)} LIMIT ${MOST})`;
  return sql`SELECT number FROM (SELECT number, name, email FROM customers
      WHERE merchant_id = ${merchantId} ORDER BY number DESC LIMIT ${NEWEST}) WHERE ${anywhere}
    UNION SELECT number FROM (SELECT number FROM customer_names
      WHERE merchant_id = ${merchantId} AND ${begins(sql`name`)} LIMIT ${MOST})
    ${everything ? beginnings : sql``}`;
}

/** Numbers of the merchant's customers who have that name, in whatever case. */
export function numbersNamed(merchantId: string, name: string): SQL {
  return sql`SELECT number FROM customer_names
    WHERE merchant_id = ${merchantId} AND name = LOWER(${name}) AND part = 0`;
}
