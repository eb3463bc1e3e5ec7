import type { SQL } from "drizzle-orm";
import { and, eq, notInArray } from "drizzle-orm";
import type { Database } from "../database.ts";
import { customers } from "./schema.ts";
import { numbersNamed } from "./search.ts";
import type { Customer } from "./view.ts";
import { numbered, selectCustomers } from "./view.ts";

/** A merchant's customer by number, unless gone. */
export async function findMember(
  db: Database,
  merchantId: string,
  number: number,
): Promise<Customer | undefined> {
  return members(db, merchantId, eq(customers.number, number), 1).get();
}

/** Those of a merchant's customers who have that name, in whatever case, at most `limit`. */
export async function findNamesakes(
  db: Database,
  merchantId: string,
  name: string,
  limit: number,
): Promise<Customer[]> {
  return members(db, merchantId, numbered(merchantId, numbersNamed(merchantId, name)), limit).all();
}

function members(db: Database, merchantId: string, isMeant: SQL, limit: number) {
  const stays = notInArray(customers.status, ["inactive", "erased"]);
  const where = and(eq(customers.merchantId, merchantId), isMeant, stays);
  return selectCustomers(db, merchantId).where(where).limit(limit);
}
