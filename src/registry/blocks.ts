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

/** Above every number. */
const MAX_NUMBER = Number.MAX_SAFE_INTEGER;

/**
 * Finds a page by the counts of blocks, so that only the rows of one block are gone through however
 * far in the list it is. `sums` selects each block's `start`, its least number, with its count `n`.
 */
export async function placeOf(
  db: Database,
  sums: SQL,
  offset: number,
  order: "ascending" | "descending",
): Promise<Place> {
  const [direction, begin, first] =
    order === "ascending"
      ? [sql`ASC`, sql`start`, sql`MIN`]
      : [sql`DESC`, sql`LAG(start, 1, ${MAX_NUMBER}) OVER by_start - 1`, sql`MAX`];
  const found = await db.get<{ total: number; from: number | null; before: number }>(sql`
    SELECT COALESCE(SUM(n), 0) AS total,
      ${first}(begin) FILTER (WHERE reached > ${offset}) AS "from",
      COALESCE(SUM(n) FILTER (WHERE reached <= ${offset}), 0) AS before
    FROM (SELECT ${begin} AS begin, n, SUM(n) OVER by_start AS reached FROM (${sums})
      WINDOW by_start AS (ORDER BY start ${direction}))`);
  const { total, from, before } = found ?? { total: 0, from: null, before: 0 };
  return { total, from, skip: from === null ? 0 : offset - before };
}
