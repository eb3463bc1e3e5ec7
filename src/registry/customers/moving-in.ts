import type { SQL } from "drizzle-orm";
import { getTableColumns, sql } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import type { Identifier, NewCustomer } from "./customers.ts";
import { customers, identifiers } from "./schema.ts";

/** What a group of customers who move in names: each is looked up once. */
export interface Wanted {
  readonly numbers: readonly number[];
  readonly identifiers: readonly Identifier[];
  /** Codes of sites. */
  readonly sites: readonly string[];
  /** Numbers of customer types. */
  readonly types: readonly number[];
}

/** What there is of a {@link Wanted}, by {@link nameOf}: the id of each. */
export interface Holders {
  readonly numbers: ReadonlyMap<number, string>;
  /** Numbers of customers who were erased: they are nobody else's, and find nobody. */
  readonly gone: ReadonlySet<number>;
  readonly identifiers: ReadonlyMap<string, string>;
  readonly sites: ReadonlyMap<string, string>;
  readonly types: ReadonlyMap<number, string>;
}

/** An identifier as a text that no other identifier has. */
export function nameOf({ kind, value }: Identifier): string {
  return `${kind}:${value}`;
}

interface Found {
  readonly what: "number" | "gone" | "identifier" | "site" | "type";
  /** Kind of the identifier. */
  readonly kind: string;
  readonly value: string | number;
  readonly id: string;
}

/**
 * Who and what a group names, in one query whose cost grows with the group alone: the joins go from
 * the bound text into an index each.
 */
export async function readHolders(
  db: Database,
  merchantId: string,
  wanted: Wanted,
): Promise<Holders> {
  const [numbers, own, sites, types] = [
    wanted.numbers,
    wanted.identifiers.map(({ kind, value }) => ({ kind, value })),
    wanted.sites,
    wanted.types,
  ].map((list) => JSON.stringify(list));
  const found = await db.all<Found>(sql`
    SELECT CASE c.status WHEN 'erased' THEN 'gone' ELSE 'number' END AS what, '' AS kind,
      c.number AS value, c.id AS id
      FROM json_each(${numbers}) AS w CROSS JOIN customers AS c
      WHERE c.merchant_id = ${merchantId} AND c.number = w.value
    UNION ALL
    SELECT 'identifier', i.kind, i.value, i.customer_id
      FROM json_each(${own}) AS w CROSS JOIN identifiers AS i
      WHERE i.merchant_id = ${merchantId} AND i.kind = json_extract(w.value, '$.kind')
        AND i.value = json_extract(w.value, '$.value')
    UNION ALL
    SELECT 'site', '', s.code, s.id FROM json_each(${sites}) AS w CROSS JOIN sites AS s
      WHERE s.merchant_id = ${merchantId} AND s.code = w.value
    UNION ALL
    SELECT 'type', '', t.number, t.id FROM json_each(${types}) AS w CROSS JOIN customer_types AS t
      WHERE t.merchant_id = ${merchantId} AND t.number = w.value`);
  const of = <T>(what: Found["what"], name: (row: Found) => T): Map<T, string> =>
    new Map(found.filter((row) => row.what === what).map((row) => [name(row), row.id]));
  return {
    numbers: of("number", ({ value }) => Number(value)),
    gone: new Set(of("gone", ({ value }) => Number(value)).keys()),
    identifiers: of("identifier", ({ kind, value }) => `${kind}:${value}`),
    sites: of("site", ({ value }) => String(value)),
    types: of("type", ({ value }) => Number(value)),
  };
}

/** A customer to add with the identifiers it is found by. */
export interface Mover extends NewCustomer {
  readonly identifiers: readonly Identifier[];
}

/**
 * The writes that add many customers of a merchant with their identifiers, each read from one bound
 * text; any that is taken refuses them all. Who brings no number gets one beyond all that are there
 * and all that the others bring.
 */
export function insertCustomers(
  db: Database,
  merchantId: string,
  movers: readonly Mover[],
): readonly Write[] {
  const rows = movers.map(({ identifiers: _own, ...customer }) => ({
    ...customer,
    // As a text in the text, so that it is kept letter by letter.
    attributes: JSON.stringify(customer.attributes),
  }));
  const own = movers.flatMap(({ id, createdAt: at, identifiers: list }) =>
    list.map(({ kind, value }) => ({ kind, value, id, at })),
  );
  const writes: Write[] = [db.insert(customers).select(customerRows(merchantId, rows))];
  if (own.length === 0) return writes;
  const identified = sql`SELECT ${merchantId}, json_extract(item.value, '$.kind'),
    json_extract(item.value, '$.value'), json_extract(item.value, '$.id'),
    json_extract(item.value, '$.at') FROM json_each(${JSON.stringify(own)}) AS item`;
  return [...writes, db.insert(identifiers).select(identified)];
}

function customerRows(merchantId: string, rows: readonly { readonly number: number | null }[]) {
  const highest = rows.reduce((most, { number }) => Math.max(most, number ?? 0), 0);
  const next = sql`MAX(${highest}, (SELECT COALESCE(MAX(number), 0) FROM customers
    WHERE merchant_id = ${merchantId}))`;
  const own = sql`json_extract(item.value, '$.number')`;
  const number = sql`COALESCE(${own},
    ${next} + ROW_NUMBER() OVER (PARTITION BY ${own} IS NULL ORDER BY item.key))`;
  const known: Readonly<Record<string, SQL>> = { number, tier: sql`''` };
  const values = Object.keys(getTableColumns(customers)).map(
    (column) => known[column] ?? sql`json_extract(item.value, ${`$.${column}`})`,
  );
  return sql`SELECT ${sql.join(values, sql`, `)} FROM json_each(${JSON.stringify(rows)}) AS item`;
}
