import { and, eq, notInArray, sql } from "drizzle-orm";
import type { Database } from "../database.ts";
import type { CustomerTypeRow } from "./customer-type.ts";
import { customers, customerTypes } from "./schema.ts";

/** A customer with the customer type, if it is an active one: its rules decide about points. */
export interface Member {
  /** `cus_` id. */
  readonly id: string;
  readonly type: CustomerTypeRow | null;
}

/** A merchant's customer by number, unless gone. */
export async function findMember(
  db: Database,
  merchantId: string,
  number: number,
): Promise<Member | undefined> {
  return members(db, merchantId, sql`${customers.number} = ${number}`, 1).get();
}

/** Those of a merchant's customers who have that name, in whatever case, at most `limit`. */
export async function findNamesakes(
  db: Database,
  merchantId: string,
  name: string,
  limit: number,
): Promise<Member[]> {
  return members(db, merchantId, sql`LOWER(${customers.name}) = LOWER(${name})`, limit).all();
}

function members(db: Database, merchantId: string, isMeant: ReturnType<typeof sql>, limit: number) {
  const isTheirs = and(
    eq(customerTypes.merchantId, merchantId),
    eq(customerTypes.active, true),
    sql`${customerTypes.id} = json_extract(${customers.attributes}, '$.type')`,
  );
  return db
    .select({ id: customers.id, type: customerTypes })
    .from(customers)
    .leftJoin(customerTypes, isTheirs)
    .where(
      and(
        eq(customers.merchantId, merchantId),
        isMeant,
        notInArray(customers.status, ["inactive", "erased"]),
      ),
    )
    .limit(limit);
}
