import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import type { Database } from "./database.ts";

/** A part of a list that is paged by number. */
export interface Slice {
  readonly limit: number;
  readonly offset: number;
}

/** Where a page begins among rows that are numbered, and how many there are in all. */
export interface Place {
  readonly total: number;
  /** The number at which to begin; null: the page is behind the last row. */
  readonly from: number | null;
  /** Rows from there on that belong to the pages before. */
  readonly skip: number;
}

/** Numbers without so many last bits share a block, in the triggers that count them too. */
const BLOCK_BITS = 12;
const BLOCK = 2 ** BLOCK_BITS;

/**
 * Finds a page by the counts of blocks, so that only the rows of one block are gone through however
 * far in the list it is. `sums` selects each `block` with its count `n`.
 */
export async function placeOf(
  db: Database,
  sums: SQL,
  offset: number,
  order: "ascending" | "descending",
): Promise<Place> {
  const [direction, first] = order === "ascending" ? [sql`ASC`, sql`MIN`] : [sql`DESC`, sql`MAX`];
  const found = await db.get<{ total: number; block: number | null; before: number }>(sql`
    SELECT COALESCE(SUM(n), 0) AS total,
      ${first}(block) FILTER (WHERE reached > ${offset}) AS block,
      COALESCE(SUM(n) FILTER (WHERE reached <= ${offset}), 0) AS before
    FROM (SELECT block, n, SUM(n) OVER (ORDER BY block ${direction}) AS reached FROM (${sums}))`);
  const { total, block, before } = found ?? { total: 0, block: null, before: 0 };
  if (block === null) return { total, from: null, skip: 0 };
  const from = order === "ascending" ? block * BLOCK : block * BLOCK + BLOCK - 1;
  return { total, from, skip: offset - before };
}
