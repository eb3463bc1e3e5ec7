import type { Entry, Head } from "../ledger/entries.ts";
import type { Program } from "../program/program.ts";
import type { BookedEvent } from "./body.ts";
import { eventOf } from "./events.ts";

/** An entry and the reference that its command carried. */
export interface HandedEntry {
  readonly entry: Entry;
  readonly reference: string | null;
}

/** What a wallet hands over of its ledger: entries in their order, with what they follow from. */
export interface Handover {
  readonly customer: string;
  /** Number of the entry before the first; 0 where there is none. */
  readonly after: number;
  /** Entries with the references that their commands carried. */
  readonly entries: readonly HandedEntry[];
  /** The wallet after the last of them. */
  readonly head: Head;
  /** Tier before the first of them. */
  readonly tierBefore: string | null;
  /** When the wallet's next lot expires; null when none does. */
  readonly nextExpiry: number | null;
}

/** What an event of a handover needs to know of the merchant. */
export interface Teller {
  readonly currency: string;
  readonly program: Program;
}

/** The events that tell of a handover's entries, one each; see {@link eventOf}. */
export function eventsOfHandover(
  handover: Handover,
  { currency, program }: Teller,
): (BookedEvent & { readonly after: number })[] {
  const { after, customer } = handover;
  let before = handover.tierBefore;
  return handover.entries.map(({ entry, reference }) => {
    const event = eventOf(entry, before, { customer, currency }, program);
    before = entry.after.tier;
    return { ...event, after, data: { ...event.data, reference } };
  });
}

/** The copy of a wallet as its handover leaves it. */
export function copyOfWallet({ customer, after, head, nextExpiry }: Handover, now: number) {
  return {
    customerId: customer,
    after,
    nextExpiry,
    seq: head.seq,
    points: head.holdings.point?.balance ?? 0,
    tier: head.tier,
    lastEarnedAt: head.lastEarnedAt,
    lastRedeemedAt: head.lastRedeemedAt,
    holdings: head.holdings,
    publishedAt: now,
  };
}
