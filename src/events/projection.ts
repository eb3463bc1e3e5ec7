import type { EventSubject } from "../core/events/events.ts";
import { eventOf } from "../core/events/events.ts";
import { billIdOf } from "../core/ledger/entries.ts";
import type { Program } from "../core/program/program.ts";
import type { Database, Write } from "../registry/database.ts";
import type {
  BillEnd,
  ProjectedBill,
  ProjectedWallet,
  Purpose,
  WalletEvent,
} from "../registry/events/projection.ts";
import {
  feedWalletEvents,
  projectBillEnds,
  projectBills,
  projectExpiries,
  projectWallets,
} from "../registry/events/projection.ts";
import type { HandedEntry, Handover } from "./client.ts";
import { grantedVoucherWrites } from "./voucher-grants.ts";

/** What the projector knows of its merchant. */
export interface MerchantFacts {
  readonly id: string;
  readonly currency: string;
  readonly livemode: boolean;
  readonly program: Program;
}

export type { Purpose } from "../registry/events/projection.ts";

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
  const bills = handovers.flatMap(({ customer, entries }) =>
    entries.flatMap((handed) => projectedBills(customer, handed)),
  );
  const ends = handovers.flatMap(({ entries }) => entries.flatMap(billEnds));
  const wallets = handovers.map((handover) => projectedWallet(handover, now));
  return [
    ...(purpose === "publish" ? [feedWalletEvents(db, merchant.id, events)] : []),
    ...(purpose === "publish" ? grantedVoucherWrites(db, merchant.id, handovers, now) : []),
    ...(bills.length === 0 ? [] : [projectBills(db, merchant.id, bills, purpose)]),
    ...(ends.length === 0 ? [] : [projectBillEnds(db, merchant.id, ends)]),
    projectWallets(db, merchant.id, wallets, purpose),
    projectExpiries(db, merchant.id, wallets),
  ];
}

function walletEvents(merchant: MerchantFacts, handover: Handover): WalletEvent[] {
  const { after, customer } = handover;
  const { currency, program } = merchant;
  const subject: EventSubject = { customer, currency };
  let before = handover.tierBefore;
  return handover.entries.map(({ entry, reference }) => {
    const event = eventOf(entry, before, subject, program);
    before = entry.after.tier;
    return { ...event, after, data: { ...event.data, reference } };
  });
}

function projectedBills(customerId: string, { entry, reference }: HandedEntry): ProjectedBill[] {
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

/** What an entry tells of the end of an earlier bill. */
function billEnds({ entry }: HandedEntry): BillEnd[] {
  const { kind, corrects, recordedAt, remarks } = entry;
  const { billId } = remarks;
  const isEnd = kind === "void" || kind === "reverse";
  // What a return takes corrects no entry: it is the gain of a bill of its own.
  if (billId === undefined || corrects === null || !isEnd) return [];
  return [
    {
      id: billId,
      voidedAt: kind === "void" ? recordedAt : null,
      reversedAt: kind === "reverse" ? recordedAt : null,
    },
  ];
}

function projectedWallet(handover: Handover, now: number): ProjectedWallet {
  const { customer, after, head, nextExpiry } = handover;
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
