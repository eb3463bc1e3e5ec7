import type { EventType } from "./catalogue.ts";

/** What happened, as it is booked. `data` carries ids and amounts, no personal data. */
export interface BookedEvent {
  /** `evt_` id, the same at every delivery of the event. */
  readonly id: string;
  readonly type: EventType;
  /** Whom it tells of; null where that is no customer. */
  readonly customerId: string | null;
  /** The wallet's own number of the change; null for what happened outside a wallet. */
  readonly sequence: number | null;
  /** When it was booked, milliseconds since the epoch. */
  readonly timestamp: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event as a merchant's feed keeps it. */
export interface StoredEvent extends BookedEvent {
  readonly merchantId: string;
}

/** An event as receivers get it, in the feed and in deliveries alike. */
export interface EventBody {
  readonly type: EventType;
  /** When it was booked, RFC 3339 UTC with milliseconds. */
  readonly timestamp: string;
  readonly id: string;
  readonly merchant: string;
  readonly livemode: boolean;
  /** Rises by one per change of a wallet, so that a gap is seen; null outside wallets. */
  readonly sequence: number | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Bytes of an event's body at most; what would be longer leaves its details out. */
export const MAX_BODY_BYTES = 20_000;

/** The body of an event: the one place that knows its form. */
export function eventBody(event: StoredEvent, livemode: boolean): EventBody {
  return {
    type: event.type,
    timestamp: new Date(event.timestamp).toISOString(),
    id: event.id,
    merchant: event.merchantId,
    livemode,
    sequence: event.sequence,
    data: event.data,
  };
}

/** The text that is signed and sent: within {@link MAX_BODY_BYTES}, if need be without lists. */
export function deliveryText(event: StoredEvent, livemode: boolean): string {
  const body = eventBody(event, livemode);
  const text = JSON.stringify(body);
  if (new TextEncoder().encode(text).length <= MAX_BODY_BYTES) return text;
  const data = Object.entries(event.data).filter(([, value]) => !Array.isArray(value));
  return JSON.stringify({ ...body, data: { ...Object.fromEntries(data), truncated: true } });
}

/** Whether an endpoint's patterns (`points.*`, `*`, exact types) want an event of that type. */
export function wantsType(patterns: readonly string[], type: string): boolean {
  return patterns.some(
    (pattern) =>
      pattern === "*" ||
      pattern === type ||
      (pattern.endsWith(".*") && type.startsWith(pattern.slice(0, -1))),
  );
}
