import type { Entry, Head } from "../core/entries.ts";
import type { EndpointRow } from "../registry/endpoints.ts";
import type { EndpointConfig } from "../webhooks/client.ts";

/** What a wallet hands over of its ledger: entries in their order, with what they follow from. */
export interface Handover {
  readonly customer: string;
  /** Entries with the references that their commands carried. */
  readonly entries: readonly HandedEntry[];
  /** The wallet after the last of them. */
  readonly head: Head;
  /** Tier before the first of them. */
  readonly tierBefore: string | null;
}

/** An entry and the reference that its command carried. */
export interface HandedEntry {
  readonly entry: Entry;
  readonly reference: string | null;
}

/** The calls that a merchant's projector answers. */
export interface ProjectorClient {
  /**
   * Commits entries to the projection and the feed and hands their events to the endpoints. When
   * it resolves, both are durable; doing it twice changes nothing.
   */
  publish(handover: Handover): Promise<void>;
  /** Commits entries to the projection only: for a rebuild. */
  restore(handover: Handover): Promise<void>;
  /** Hands what the feed has and the endpoints have not, to the endpoints. */
  handOut(): Promise<void>;
  /** Goes on with a rebuild of the projection that is under way. */
  rebuild(): Promise<void>;
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
    endpointDisabled: (endpoint, reason) => stub.endpointDisabled(merchantId, endpoint, reason),
  };
}

/** What an endpoint's object needs of its row. */
export function configOf(row: EndpointRow): EndpointConfig {
  const old = row.oldSecret === null ? [] : [{ sealed: row.oldSecret, until: row.oldSecretUntil }];
  return {
    merchant: row.merchantId,
    endpoint: row.id,
    url: row.url,
    enabled: row.enabled,
    secrets: [{ sealed: row.secret, until: null }, ...old],
    version: row.version,
  };
}
