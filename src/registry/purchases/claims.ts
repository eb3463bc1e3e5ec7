import { and, eq, inArray } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import { claims } from "./schema.ts";

/** A row of `claims`. */
export type ClaimRow = typeof claims.$inferSelect;

/** Who has one of a merchant's natural keys; undefined: nobody. */
export async function findClaim(
  db: Database,
  merchantId: string,
  operation: string,
  keys: readonly string[],
): Promise<ClaimRow | undefined> {
  return db
    .select()
    .from(claims)
    .where(named(merchantId, operation, keys))
    .get();
}

/** The write that claims a key; one that somebody has refuses it. */
export function insertClaim(db: Database, row: ClaimRow): Write {
  return db.insert(claims).values(row);
}

/** The write that gives a key back, if it is still that customer's. */
export function deleteClaim(
  db: Database,
  row: Omit<ClaimRow, "createdAt"> & { readonly customerId: string },
): Write {
  const { merchantId, operation, key, customerId } = row;
  const own = eq(claims.customerId, customerId);
  return db.delete(claims).where(and(named(merchantId, operation, [key]), own));
}

function named(merchantId: string, operation: string, keys: readonly string[]) {
  return and(
    eq(claims.merchantId, merchantId),
    eq(claims.operation, operation),
    inArray(claims.key, [...keys]),
  );
}
