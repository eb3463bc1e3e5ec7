import { deliveryText, wantsType } from "../core/event-body.ts";
import type { Database } from "../registry/database.ts";
import type { EndpointRow } from "../registry/endpoints.ts";
import type { EventRow } from "../registry/events.ts";
import { advanceHandedSeq, findHandedSeq, readFeed } from "../registry/events.ts";
import { unitOfWork } from "../registry/unit-of-work.ts";
import type { OutgoingEvent } from "../webhooks/client.ts";
import { endpointOf } from "../webhooks/client.ts";
import { configOf } from "./client.ts";

/** Events that are read and handed out at once. */
const CHUNK = 300;

/** What handing out needs to know of the merchant. */
export interface Receivers {
  readonly merchantId: string;
  readonly livemode: boolean;
  readonly endpoints: readonly EndpointRow[];
}

/**
 * Hands to the endpoints what the feed has beyond its cursor: one call per endpoint and chunk. The
 * cursor moves when all have taken it; a crash before means handing it out again, and the
 * endpoints know an event by its id.
 */
export async function handOut(env: Env, db: Database, receivers: Receivers): Promise<void> {
  const { merchantId, endpoints } = receivers;
  if (endpoints.length === 0) return;
  let handed = await findHandedSeq(db, merchantId);
  while (handed !== null) {
    const rows = await readFeed(db, merchantId, { after: handed, types: [], limit: CHUNK });
    const last = rows.at(-1);
    if (last === undefined) return;
    await Promise.all(endpoints.map((endpoint) => handTo(env, receivers, endpoint, rows)));
    const work = unitOfWork(db, "live");
    work.add(advanceHandedSeq(db, merchantId, last.seq));
    await work.commit();
    handed = rows.length < CHUNK ? null : last.seq;
  }
}

async function handTo(
  env: Env,
  { merchantId, livemode }: Receivers,
  endpoint: EndpointRow,
  rows: readonly EventRow[],
): Promise<void> {
  const wanted = rows.filter(
    (row) => row.seq > endpoint.afterSeq && wantsType(endpoint.eventTypes, row.type),
  );
  if (wanted.length === 0) return;
  const events = wanted.map(
    (row): OutgoingEvent => ({ id: row.id, type: row.type, body: deliveryText(row, livemode) }),
  );
  await endpointOf(env, merchantId, endpoint.id).enqueue(configOf(endpoint), events);
}
