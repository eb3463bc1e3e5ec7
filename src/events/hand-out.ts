import { wantsType } from "../core/events/body.ts";
import type { Database } from "../registry/database.ts";
import type { EndpointRow } from "../registry/events/endpoints.ts";
import type { EventRow } from "../registry/events/events.ts";
import { advanceHandedSeq, readHandOut } from "../registry/events/events.ts";
import { unitOfWork } from "../registry/unit-of-work.ts";
import type { OutgoingEvent } from "../webhooks/client.ts";
import { endpointOf } from "../webhooks/client.ts";
import { configOf, outgoingEvent } from "./client.ts";

/** Events that are read and handed out at once. */
const CHUNK = 300;

/**
 * Hands to a merchant's endpoints what its feed has beyond its cursor: one call per endpoint and
 * chunk. The cursor moves when all have taken it; a crash before means handing it out again, and
 * the endpoints know an event by its id. Events and endpoints are read as of one moment: an
 * endpoint that is not among them was made later, and begins behind these events.
 */
export async function handOut(
  env: Env,
  db: Database,
  merchantId: string,
  livemode: boolean,
): Promise<void> {
  for (;;) {
    const { rows, endpoints } = await readHandOut(db, merchantId, CHUNK);
    const last = rows.at(-1);
    if (last === undefined) return;
    await Promise.all(endpoints.map((endpoint) => handTo(env, livemode, endpoint, rows)));
    const work = unitOfWork(db, "live");
    work.add(advanceHandedSeq(db, merchantId, last.seq));
    await work.commit();
    if (rows.length < CHUNK) return;
  }
}

async function handTo(
  env: Env,
  livemode: boolean,
  endpoint: EndpointRow,
  rows: readonly EventRow[],
): Promise<void> {
  const wanted = rows.filter(
    (row) => row.seq > endpoint.afterSeq && wantsType(endpoint.eventTypes, row.type),
  );
  if (wanted.length === 0) return;
  const events = wanted.map((row): OutgoingEvent => outgoingEvent(row, livemode));
  await endpointOf(env, endpoint.merchantId, endpoint.id).enqueue(configOf(endpoint), events);
}
