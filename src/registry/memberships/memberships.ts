import { and, asc, desc, eq, gte, isNull, lt, sql } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import { membershipPrograms, memberships } from "./schema.ts";

/** A row of `membership_programs`. */
export type MembershipProgramRow = typeof membershipPrograms.$inferSelect;

/** A row of `memberships`. */
export type MembershipRow = typeof memberships.$inferSelect;

/** A membership with its programme. */
export interface MembershipRecord {
  readonly membership: MembershipRow;
  readonly program: MembershipProgramRow;
}

/** The write that adds a programme; a key that the merchant already has refuses it. */
export function insertMembershipProgram(db: Database, row: MembershipProgramRow): Write {
  return db.insert(membershipPrograms).values(row);
}

/** A merchant's membership programme by its key. */
export async function findMembershipProgram(
  db: Database,
  merchantId: string,
  key: string,
): Promise<MembershipProgramRow | undefined> {
  const { merchantId: merchant, key: named } = membershipPrograms;
  const where = and(eq(merchant, merchantId), eq(named, key));
  return db.select().from(membershipPrograms).where(where).get();
}

/** A merchant's programmes, newest first, at most `limit`, older than the id `before`. */
export async function listMembershipPrograms(
  db: Database,
  merchantId: string,
  limit: number,
  before: string | null,
): Promise<MembershipProgramRow[]> {
  const own = eq(membershipPrograms.merchantId, merchantId);
  const where = before === null ? own : and(own, lt(membershipPrograms.id, before));
  const query = db.select().from(membershipPrograms).where(where);
  return query.orderBy(desc(membershipPrograms.id)).limit(limit).all();
}

/** The membership of a programme that a customer holds, also when it has expired. */
export async function findHeldMembership(
  db: Database,
  merchantId: string,
  customerId: string,
  programId: string,
): Promise<MembershipRow | undefined> {
  const where = and(heldBy(merchantId, customerId), eq(memberships.programId, programId));
  return db.select().from(memberships).where(where).get();
}

/** Memberships that a customer holds, good on that business day; oldest first, then by key. */
export async function listHeldMemberships(
  db: Database,
  merchantId: string,
  customerId: string,
  day: string,
): Promise<MembershipRecord[]> {
  return db
    .select({ membership: memberships, program: membershipPrograms })
    .from(memberships)
    .innerJoin(membershipPrograms, eq(membershipPrograms.id, memberships.programId))
    .where(and(heldBy(merchantId, customerId), gte(memberships.expiresOn, day)))
    .orderBy(asc(memberships.createdAt), asc(membershipPrograms.key))
    .all();
}

/** The write that gives a customer a membership; one of its programme that is held refuses it. */
export function insertMembership(db: Database, row: MembershipRow): Write {
  return db.insert(memberships).values(row);
}

/** The conditional write that ends memberships: it changes a row for each that is held. */
export function endMembershipsWrite(
  db: Database,
  merchantId: string,
  ids: readonly string[],
  now: number,
): Write {
  const wanted = sql`${memberships.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
  return db
    .update(memberships)
    .set({ endedAt: now, updatedAt: now })
    .where(
      and(sql`+${memberships.merchantId} = ${merchantId}`, wanted, isNull(memberships.endedAt)),
    );
}

/** The conditional write that moves the end of a held membership, unless somebody else did. */
export function extendMembershipWrite(
  db: Database,
  before: MembershipRow,
  expiresOn: string,
  now: number,
): Write {
  const which = and(
    eq(memberships.merchantId, before.merchantId),
    eq(memberships.id, before.id),
    eq(memberships.expiresOn, before.expiresOn),
    isNull(memberships.endedAt),
  );
  return db.update(memberships).set({ expiresOn, updatedAt: now }).where(which);
}

function heldBy(merchantId: string, customerId: string) {
  return and(
    eq(memberships.merchantId, merchantId),
    eq(memberships.customerId, customerId),
    isNull(memberships.endedAt),
  );
}
