import type { EventSubject } from "../core/events.ts";
import { eventOf } from "../core/events.ts";
import type { Program } from "../core/program.ts";
import type { Database, Write } from "../registry/database.ts";
import type { NewEvent } from "../registry/events.ts";
import type { ProjectedEntry, ProjectedWallet } from "../registry/projection.ts";
import { feedWalletEvents, projectEntries, projectWallets } from "../registry/projection.ts";
import type { HandedEntry, Handover } from "./client.ts";

/** What the projector knows of its merchant. */
export interface MerchantFacts {
  readonly id: string;
  readonly currency: string;
  readonly livemode: boolean;
  readonly program: Program;
}

/** Whether a group's events go into the feed: they do not when copies are made anew. */
export type Purpose = "publish" | "restore";

/**
 * The writes that commit a group of handovers: one batch, three statements however many wallets and
 * entries there are. All are idempotent.
 */
export function groupWrites(
  db: Database,
  merchant: MerchantFacts,
  handovers: readonly Handover[],
  purpose: Purpose,
  now: number,
): readonly Write[] {
  const writes: Write[] = [];
  const events = handovers.flatMap((handover) => walletEvents(merchant, handover));
  if (purpose === "publish") writes.push(feedWalletEvents(db, merchant.id, events));
  const entries = handovers.flatMap(({ customer, entries: own }) =>
    own.map((handed) => projectedEntry(customer, handed)),
  );
  const wallets = latest(handovers).map((handover) => projectedWallet(handover, now));
  return [
    ...writes,
    projectEntries(db, merchant.id, entries),
    projectWallets(db, merchant.id, wallets),
  ];
}

/** A statement may not touch a row twice: of a wallet that came twice, the later state counts. */
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

function projectedEntry(customerId: string, { entry, reference }: HandedEntry): ProjectedEntry {
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
