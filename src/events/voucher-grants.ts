import type { EntryKind } from "../core/ledger/entries.ts";
import type { Database, Write } from "../registry/database.ts";
import { insertGrantedVouchers, withdrawVouchers } from "../registry/vouchers/granted.ts";
import type { Handover } from "./client.ts";

/**
 * The writes that make the vouchers that wallets granted, and withdraw the unused of those whose
 * grant they took back, should whoever booked that have died before; none when there is nothing.
 * D1 is the authority for vouchers, so a rebuild leaves them alone.
 */
export function grantedVoucherWrites(
  db: Database,
  merchantId: string,
  handovers: readonly Handover[],
  now: number,
): readonly Write[] {
  const told = handovers.flatMap(({ customer: customerId, entries }) =>
    entries.flatMap(({ entry: { kind, remarks, recordedAt: grantedAt } }) =>
      remarks.voucher === undefined
        ? []
        : [{ entry: kind, voucher: { ...remarks.voucher, customerId, grantedAt } }],
    ),
  );
  const of = (kind: EntryKind) =>
    told.filter(({ entry }) => entry === kind).map(({ voucher }) => voucher);
  const granted = of("voucher");
  const withdrawn = of("withdraw").map(({ id }) => id);
  return [
    ...(granted.length === 0 ? [] : [insertGrantedVouchers(db, merchantId, granted)]),
    ...(withdrawn.length === 0 ? [] : [withdrawVouchers(db, merchantId, withdrawn, now)]),
  ];
}
