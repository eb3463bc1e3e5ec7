import type { EventType } from "../core/events/catalogue.ts";
import type { WebhookForm } from "../core/events/forms.ts";

/** An event on its way to an endpoint; `body` is what the endpoint's form makes its delivery of. */
export interface OutgoingEvent {
  readonly id: string;
  readonly type: EventType;
  readonly body: string;
  /** Its number in the merchant's feed; 0 for what is not in it. */
  readonly seq: number;
  /** Whom it tells of: a customer's events are sent in their order. Null where that is nobody. */
  readonly customer: string | null;
}

/** What an endpoint's object needs to know of it. Secrets are sealed. */
export interface EndpointConfig {
  readonly merchant: string;
  readonly endpoint: string;
  readonly url: string;
  readonly form: WebhookForm;
  readonly enabled: boolean;
  /** Sealed secrets, each for the row that it stands in; the newest first. */
  readonly secrets: readonly SealedSecret[];
  /** Rises with every change; an older one never replaces a newer. */
  readonly version: number;
}

/** A sealed secret and until when it signs; null is for good. */
export interface SealedSecret {
  readonly sealed: string;
  readonly until: number | null;
}

/** One try to deliver. */
export interface Try {
  readonly at: number;
  readonly durationMs: number;
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  /** The first bytes of the answer's body. */
  readonly response: string;
  /** Why it counts as a failure; null for a success. */
  readonly failure: string | null;
}

/** What a try came to. */
export interface Attempt {
  readonly made: Try;
  readonly retryAfterMs: number | null;
}

/** A delivery to try now. */
export interface DueDelivery {
  readonly event: string;
  readonly type: EventType;
  readonly body: string;
  readonly failures: number;
}

/** An event's way to an endpoint. */
export interface Delivery {
  readonly event: string;
  readonly type: EventType;
  readonly state: "pending" | "delivered" | "failed";
  readonly createdAt: number;
  /** When it is tried next; null when it is not. */
  readonly nextAt: number | null;
  readonly tries: readonly Try[];
  /** Number in the feed of what was sent, where its body is kept there only; else null. */
  readonly inFeed: number | null;
}

/** Which deliveries to list, newest first. */
export interface DeliveryQuery {
  readonly event: string | null;
  readonly limit: number;
  /** Event of the last one seen; what follows is older. */
  readonly before: string | null;
}

/** A page of deliveries. */
export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
}

/** The calls that an endpoint's object answers. */
export interface EndpointClient {
  /**
   * Takes events to deliver. Those it knows are left as they are, or, with `again`, delivered once
   * more. Durable when it resolves.
   */
  enqueue(config: EndpointConfig, events: readonly OutgoingEvent[], again?: boolean): Promise<void>;
  /** Takes a change of the endpoint. */
  configure(config: EndpointConfig): Promise<void>;
  deliveries(query: DeliveryQuery): Promise<DeliveryPage>;
  /**
   * Delivers a known event once more, from the first try on; false when it is not known or its body
   * is in the feed only.
   */
  resend(event: string): Promise<boolean>;
  /** Drops everything: the endpoint was deleted. */
  drop(): Promise<void>;
}

/** The object of an endpoint. Makes no request by itself. */
export function endpointOf(env: Env, merchant: string, endpoint: string): EndpointClient {
  const stub = env.ENDPOINTS.getByName(`${merchant}/${endpoint}`);
  return {
    enqueue: (config, events, again = false) => stub.enqueue(config, events, again),
    configure: (config) => stub.configure(config),
    deliveries: (query) => stub.deliveries(query),
    resend: (event) => stub.resend(event),
    drop: () => stub.drop(),
  };
}

/** The calls that an object answers that only sends for an endpoint. */
export interface SenderClient {
  /** Tries one delivery. */
  send(config: EndpointConfig, delivery: DueDelivery): Promise<Attempt>;
}

/** One of the objects that send for a busy endpoint. Makes no request by itself. */
export function senderOf(env: Env, config: EndpointConfig, lane: number): SenderClient {
  const stub = env.SENDERS.getByName(`${config.merchant}/${config.endpoint}/${lane}`);
  return { send: (sent, delivery) => stub.send(sent, delivery) };
}
