import { billIdOf } from "../core/entries.ts";
import type { EventSubject } from "../core/events.ts";
import { eventOf } from "../core/events.ts";
import type { Program } from "../core/program.ts";
import type { Database, Write } from "../registry/database.ts";
import type { NewEvent } from "../registry/events.ts";
import type {
  ProjectedBill,
  ProjectedEntry,
  ProjectedWallet,
  Purpose,
} from "../registry/projection.ts";
import {
  feedWalletEvents,
  projectBills,
  projectEntries,
  projectWallets,
} from "../registry/projection.ts";
import type { HandedEntry, Handover } from "./client.ts";

/** What the projector knows of its merchant. */
export interface MerchantFacts {
  readonly id: string;
  readonly currency: string;
  readonly livemode: boolean;
  readonly program: Program;
}

export type { Purpose } from "../registry/projection.ts";

/**
 * The writes that commit a group of handovers: one batch, few statements however many wallets and
 * entries there are. All are idempotent. Events go into the feed only when something is published.
 */
export function groupWrites(
  db: Database,
  merchant: MerchantFacts,
  handovers: readonly Handover[],
  purpose: Purpose,
  now: number,
): readonly Write[] {
  const events = handovers.flatMap((handover) => walletEvents(merchant, handover));
  const handed = handovers.flatMap(({ customer, entries }) =>
    entries.map((entry) => ({ customer, ...entry })),
  );
  const entries = handed.map(projectedEntry);
  const bills = handed.flatMap(projectedBills);
  const wallets = latest(handovers).map((handover) => projectedWallet(handover, now));
  return [
    ...(purpose === "publish" ? [feedWalletEvents(db, merchant.id, distinct(events))] : []),
    projectEntries(db, merchant.id, entries, purpose),
    ...(bills.length === 0 ? [] : [projectBills(db, merchant.id, bills, purpose)]),
    projectWallets(db, merchant.id, wallets, purpose),
  ];
}

/** A wallet that crashed may hand the same entries to one group twice. */
function distinct(events: readonly NewEvent[]): NewEvent[] {
  return [...new Map(events.map((event) => [event.id, event])).values()];
}

/** Of a wallet that came twice, the later state counts. */
function latest(handovers: readonly Handover[]): Handover[] {
  const byCustomer = new Map<string, Handover>();
  for (const handover of handovers) {
    const known = byCustomer.get(handover.customer);
    if (known === undefined || known.head.seq < handover.head.seq) {
      byCustomer.set(handover.customer, handover);
    }
  }
  return [...byCustomer.values()];
}

function walletEvents(merchant: MerchantFacts, handover: Handover): NewEvent[] {
  const { customer } = handover;
  const { currency, livemode, program } = merchant;
  const subject: EventSubject = { merchant: merchant.id, customer, currency, livemode };
  let before = handover.tierBefore;
  return handover.entries.map(({ entry, reference }) => {
    const event = eventOf(entry, before, subject, program);
    before = entry.after.tier;
    return {
      id: event.id,
      type: event.type,
      customerId: customer,
      sequence: entry.seq,
      timestamp: entry.recordedAt,
      data: { ...event.data, reference },
    };
  });
}

/** An entry with its customer. */
type OwnEntry = HandedEntry & { readonly customer: string };

function projectedEntry({ customer: customerId, entry, reference }: OwnEntry): ProjectedEntry {
  const { seq, id, kind, unit, amount, occurredAt, recordedAt, source } = entry;
  return {
    customerId,
    seq,
    id,
    kind,
    unit,
    amount,
    balance: entry.after.holdings[unit]?.balance ?? 0,
    reference,
    siteId: source.site,
    dialect: source.dialect,
    occurredAt,
    recordedAt,
  };
}

function projectedBills({ customer: customerId, entry, reference }: OwnEntry): ProjectedBill[] {
  const { bill } = entry.remarks;
  if (bill === undefined) return [];
  const { occurredAt, recordedAt, source } = entry;
  return [
    {
      id: billIdOf(entry),
      customerId,
      number: bill.number,
      reference,
      total: bill.total.amount,
      currency: bill.total.currency,
      lines: bill.lines,
      siteId: source.site,
      dialect: source.dialect,
      occurredAt,
      recordedAt,
    },
  ];
}

function projectedWallet({ customer, head }: Handover, now: number): ProjectedWallet {
  return {
    customerId: customer,
    seq: head.seq,
    points: head.holdings.point?.balance ?? 0,
    tier: head.tier,
    lastEarnedAt: head.lastEarnedAt,
    lastRedeemedAt: head.lastRedeemedAt,
    holdings: head.holdings,
    publishedAt: now,
  };
}
