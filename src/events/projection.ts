import { copyOfWallet, eventsOfHandover } from "../core/events/handover.ts";
import { billIdOf } from "../core/ledger/entries.ts";
import type { Program } from "../core/program/program.ts";
import { dropOpenings } from "../registry/customers/openings.ts";
import type { Database, Write } from "../registry/database.ts";
import type { BillEnd, ProjectedBill, Purpose } from "../registry/events/projection.ts";
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
  const events = handovers.flatMap((handover) => eventsOfHandover(handover, merchant));
  const bills = handovers.flatMap(({ customer, entries }) =>
    entries.flatMap((handed) => projectedBills(customer, handed)),
  );
  const ends = handovers.flatMap(({ entries }) => entries.flatMap(billEnds));
  const wallets = handovers.map((handover) => copyOfWallet(handover, now));
  return [
    ...(purpose === "publish" ? [feedWalletEvents(db, merchant.id, events)] : []),
    ...(purpose === "publish" ? grantedVoucherWrites(db, merchant.id, handovers, now) : []),
    ...(bills.length === 0 ? [] : [projectBills(db, merchant.id, bills, purpose)]),
    ...(ends.length === 0 ? [] : [projectBillEnds(db, merchant.id, ends)]),
    projectWallets(db, merchant.id, wallets, purpose),
    projectExpiries(db, merchant.id, wallets),
    dropOpenings(
      db,
      merchant.id,
      handovers.map(({ customer }) => customer),
    ),
  ];
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
