/** An event as the feed keeps it. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly merchantId: string;
  /** The wallet's own number of the change; null for what happened outside a wallet. */
  readonly sequence: number | null;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Bytes of an event's body at most; what would be longer leaves its details out. */
export const MAX_BODY_BYTES = 20_000;

/** An event as receivers get it, in the feed and in deliveries alike. */
export function eventBody(row: StoredEvent, livemode: boolean): Record<string, unknown> {
  return {
    type: row.type,
    timestamp: new Date(row.timestamp).toISOString(),
    id: row.id,
    merchant: row.merchantId,
    livemode,
    sequence: row.sequence,
    data: row.data,
  };
}

/** The text that is signed and sent: within {@link MAX_BODY_BYTES}, if need be without lists. */
export function deliveryText(row: StoredEvent, livemode: boolean): string {
  const body = eventBody(row, livemode);
  const text = JSON.stringify(body);
  if (new TextEncoder().encode(text).length <= MAX_BODY_BYTES) return text;
  const data = Object.entries(row.data).filter(([, value]) => !Array.isArray(value));
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
