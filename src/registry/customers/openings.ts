import { and, eq, sql } from "drizzle-orm";
import type { KeptOpening, Opening } from "../../core/ledger/opening.ts";
import { openingKey } from "../../core/ledger/opening.ts";
import type { Program } from "../../core/program/program.ts";
import type { Database, Write } from "../database.ts";
import { openings } from "./schema.ts";

/** An opening of a customer who has just come to be. */
export interface NewOpening {
  readonly customer: string;
  readonly opening: Opening;
  /** Entries that it comes to. */
  readonly entries: number;
}

/**
 * The write that keeps what new customers' wallets open with, under the programme that they were
 * decided by; it belongs into the batch that adds the customers.
 */
export function insertOpenings(
  db: Database,
  merchantId: string,
  added: readonly NewOpening[],
  program: Program,
): Write {
  const rows = added.map(({ customer, opening, entries }) => {
    const keys = opening.commands.map(({ command }) => openingKey(command));
    return { customer, opening, keys, entries };
  });
  const rules = JSON.stringify(program);
  return db.insert(openings).select(
    sql`SELECT json_extract(item.value, '$.customer'), ${merchantId},
      json_set(json_extract(item.value, '$.opening'), '$.program', json(${rules})),
      json_extract(item.value, '$.keys'), json_extract(item.value, '$.entries'), NULL
      FROM json_each(${JSON.stringify(rows)}) AS item`,
  );
}

/** What a customer's wallet opens with, if it was not opened long ago. */
export async function findOpening(
  db: Database,
  merchantId: string,
  customer: string,
): Promise<KeptOpening | undefined> {
  const own = and(eq(openings.customerId, customer), eq(openings.merchantId, merchantId));
  const row = await db.select({ opening: openings.opening }).from(openings).where(own).get();
  return row?.opening;
}

/** The write that notes that a wallet has asked for its opening. */
export function noteCalled(db: Database, merchantId: string, customer: string, now: number): Write {
  const own = and(eq(openings.customerId, customer), eq(openings.merchantId, merchantId));
  return db.update(openings).set({ calledAt: now }).where(own);
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

/**
 * The write that drops the openings of those of these customers whose wallets have told more than
 * them: they are open, and no wallet that is open asks.
 */
export function dropOpenings(
  db: Database,
  merchantId: string,
  customers: readonly string[],
): Write {
  const among = sql`${openings.customerId} IN
    (SELECT value FROM json_each(${JSON.stringify(customers)}))`;
  const isOpen = sql`${openings.entries} <
    (SELECT seq FROM wallets WHERE customer_id = ${openings.customerId})`;
  return db.delete(openings).where(and(among, eq(openings.merchantId, merchantId), isOpen));
}
