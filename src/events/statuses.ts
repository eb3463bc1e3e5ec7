import type { CustomerStatus } from "../core/customers.ts";
import type { BookedEvent } from "../core/events/body.ts";
import { makeId } from "../core/ids.ts";
import { setCustomerStatus } from "../registry/customers/customers.ts";
import { eraseCustomerWrites } from "../registry/customers/erasure.ts";
import type { Database } from "../registry/database.ts";
import { insertEvents } from "../registry/events/events.ts";
import { unitOfWork } from "../registry/unit-of-work.ts";
import { ulid } from "../ulid.ts";

/**
 * Brings the registry to the status that a customer's ledger has: what a crash left undone or a
 * restored database lost. An erasure is finished with all that belongs to it, and told. What is so
 * already stays.
 */
export async function settleStatus(
  db: Database,
  merchantId: string,
  customer: string,
  status: CustomerStatus,
): Promise<void> {
  const now = Date.now();
  const work = unitOfWork(db, "live");
  if (status === "erased") {
    const { conditional, others } = eraseCustomerWrites(db, merchantId, customer, now);
    work.addConditional(conditional);
    work.add(...others, insertEvents(db, merchantId, [erasedEvent(customer, now)]));
  } else work.addConditional(setCustomerStatus(db, merchantId, customer, status, now));
  await work.commit();
}

function erasedEvent(customer: string, now: number): BookedEvent {
  return {
    id: makeId("evt", ulid(now)),
    type: "customer.erased",
    customerId: customer,
    sequence: null,
    timestamp: now,
    data: { customer, site: null, dialect: "system" },
  };
}
