/** An event that is sent now. */
export interface Sending {
  /** `evt_` id, the same at every try. */
  readonly id: string;
  /** The event as the feed has it, JSON. */
  readonly body: string;
  /** When this try is made, milliseconds since the epoch. */
  readonly at: number;
}

/** What is posted to the receiver. */
export interface Posted {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Turns an event into what an endpoint's receiver is posted. Secrets are in clear, the newest
 * first; all of them are good. The body of an event is the same at every try.
 */
export type Form = (sending: Sending, secrets: readonly string[]) => Promise<Posted>;
