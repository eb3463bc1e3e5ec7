import type { BatchItem } from "drizzle-orm/batch";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import { drizzle } from "drizzle-orm/d1";

/** One write that a unit of work collects. */
export type Write = BatchItem<"sqlite">;

/** A connection to the database that holds a merchant's rows. */
export type Database = DrizzleD1Database;

/**
 * The database of a merchant; the only place that opens D1. Today all merchants share one; a
 * deployment that outgrows it routes by `merchantId` here and nowhere else. `directory` is where
 * merchants and keys are looked up before the merchant is known.
 */
export function database(env: Env, merchantId: string | "directory"): Database {
  void merchantId;
  return drizzle(env.DB);
}
