import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Database, Write } from "../database.ts";
import { lastSeq } from "./events.ts";
import { webhookEndpoints } from "./schema.ts";

/** A row of `webhook_endpoints`. */
export type EndpointRow = typeof webhookEndpoints.$inferSelect;

/** What an endpoint has that goes with the merchant's cursor. */
export const NOT_BEHIND = {
  behindSeq: null,
  behindSince: null,
  behindFailures: 0,
  behindRetryAt: null,
} as const;

/** A merchant's endpoint. */
export async function findEndpoint(
  db: Database,
  merchantId: string,
  id: string,
): Promise<EndpointRow | undefined> {
  const where = and(eq(webhookEndpoints.merchantId, merchantId), eq(webhookEndpoints.id, id));
  return db.select().from(webhookEndpoints).where(where).get();
}

/** A merchant's endpoints, newest first, at most `limit`, older than the id `before`. */
export async function listEndpoints(
  db: Database,
  merchantId: string,
  limit: number,
  before: string | null,
): Promise<EndpointRow[]> {
  const own = eq(webhookEndpoints.merchantId, merchantId);
  const where = before === null ? own : and(own, lt(webhookEndpoints.id, before));
  return db
    .select()
    .from(webhookEndpoints)
    .where(where)
    .orderBy(desc(webhookEndpoints.id))
    .limit(limit)
    .all();
}

/** How many endpoints a merchant has. */
export async function countEndpoints(db: Database, merchantId: string): Promise<number> {
  const own = eq(webhookEndpoints.merchantId, merchantId);
  const count = db.select({ count: sql<number>`COUNT(*)` }).from(webhookEndpoints).where(own);
  return (await count.get())?.count ?? 0;
}

/** The write that adds an endpoint; it gets what comes into the feed from now on. */
export function insertEndpoint(db: Database, row: NewEndpointRow): Write {
  const { merchantId } = row;
  return db
    .insert(webhookEndpoints)
    .values({ ...row, ...NOT_BEHIND, afterSeq: lastSeq(merchantId) });
}

/** An endpoint to add; where it stands in the feed follows from when that happens. */
export type NewEndpointRow = Omit<EndpointRow, "afterSeq" | keyof typeof NOT_BEHIND>;

/** What a change of an endpoint may set. */
export type EndpointChange = Partial<
  Omit<EndpointRow, "id" | "merchantId" | "createdAt" | "version" | "afterSeq">
>;

/**
 * The conditional write that changes an endpoint as it stands at `version`: with another version it
 * changes nothing. An endpoint that is enabled again gets what comes from now on.
 */
export function updateEndpoint(db: Database, row: EndpointRow, change: EndpointChange): Write {
  const { merchantId, id, version, enabled } = row;
  const reopened = change.enabled === true && !enabled;
  return db
    .update(webhookEndpoints)
    .set({
      ...change,
      version: version + 1,
      ...(reopened ? { ...NOT_BEHIND, afterSeq: lastSeq(merchantId) } : {}),
    })
    .where(
      and(
        eq(webhookEndpoints.merchantId, merchantId),
        eq(webhookEndpoints.id, id),
        eq(webhookEndpoints.version, version),
      ),
    );
}

/** The conditional write that removes an endpoint as it stands at `version`. */
export function deleteEndpoint(db: Database, row: EndpointRow): Write {
  const { merchantId, id, version } = row;
  return db
    .delete(webhookEndpoints)
    .where(
      and(
        eq(webhookEndpoints.merchantId, merchantId),
        eq(webhookEndpoints.id, id),
        eq(webhookEndpoints.version, version),
      ),
    );
}
