import type { CustomerStatus } from "../core/customers.ts";
import { deliveryText } from "../core/events/body.ts";
import type { Handover } from "../core/events/handover.ts";
import type { KeptBooking } from "../core/ledger/opening.ts";
import type { EndpointRow } from "../registry/events/endpoints.ts";
import type { EventRow } from "../registry/events/events.ts";
import type { EndpointConfig, OutgoingEvent } from "../webhooks/client.ts";

export type { HandedEntry, Handover } from "../core/events/handover.ts";

/**
 * How long before a lot expires its wallet's alarm is set for it. Setting one costs a written row,
 * and most lots expire long after they were earned: until then the projection knows when, and the
 * sweep wakes the wallet in time.
 */
export const SWEEP_AHEAD_MS = 120_000;

/** The calls that a merchant's projector answers. */
export interface ProjectorClient {
  /**
   * Commits entries to the projection and the feed. When it resolves they are durable, and their
   * events on their way to the endpoints; doing it twice changes nothing. Answers the number of
   * the wallet's last entry that is there: what would leave a gap is not taken.
   */
  publish(handover: Handover): Promise<number>;
  /** Commits entries to the projection only: for a rebuild. */
  restore(handover: Handover): Promise<void>;
  /** Hands what the feed has and the endpoints have not, to the endpoints. */
  handOut(): Promise<void>;
  /** Goes on with a rebuild of the projection, if one is under way. */
  rebuild(): Promise<void>;
  /** What a customer's wallet opens with; null: nothing, or the wallet is older. */
  openingOf(customer: string): Promise<readonly KeptBooking[] | null>;
  /** Brings the registry to the status that a customer's ledger has, where it has another. */
  settleStatus(customer: string, status: CustomerStatus): Promise<void>;
  /** An endpoint's object disabled itself; booked with an event. */
  endpointDisabled(endpoint: string, reason: string): Promise<void>;
}

/** The projector of a merchant. Makes no request by itself. */
export function projectorOf(env: Env, merchantId: string): ProjectorClient {
  const stub = env.PROJECTORS.getByName(merchantId);
  return {
    publish: (handover) => stub.publish(merchantId, handover),
    restore: (handover) => stub.restore(merchantId, handover),
    handOut: () => stub.handOut(merchantId),
    rebuild: () => stub.rebuild(merchantId),
    openingOf: (customer) => stub.openingOf(merchantId, customer),
    settleStatus: (customer, status) => stub.settleStatus(merchantId, customer, status),
    endpointDisabled: (endpoint, reason) => stub.endpointDisabled(merchantId, endpoint, reason),
  };
}

/** The sweeper of a merchant: see `src/events/sweeper.ts`. Makes no request by itself. */
export function sweeperOf(env: Env, merchantId: string): { start(): Promise<void> } {
  const stub = env.SWEEPERS.getByName(merchantId);
  return { start: () => stub.start(merchantId) };
}

/** An event of the feed as an endpoint's object takes it. */
export function outgoingEvent(row: EventRow, livemode: boolean): OutgoingEvent {
  const { id, type, seq, customerId } = row;
  return { id, type, seq, customer: customerId, body: deliveryText(row, livemode) };
}

/** What an endpoint's object needs of its row. */
export function configOf(row: EndpointRow): EndpointConfig {
  return {
    merchant: row.merchantId,
    endpoint: row.id,
    url: row.url,
    form: row.form,
    enabled: row.enabled,
    secrets: [{ sealed: row.secret, until: null }, ...row.oldSecrets],
    version: row.version,
  };
}
