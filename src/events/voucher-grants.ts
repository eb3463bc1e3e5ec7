import type { Database, Write } from "../registry/database.ts";
import { insertGrantedVouchers } from "../registry/vouchers/granted.ts";
import type { Handover } from "./client.ts";

/**
 * The write that makes the vouchers that wallets granted, should whoever booked them have died
 * before it did; none when nothing was granted. D1 is the authority for vouchers, so a rebuild
 * leaves them alone.
 */
export function grantedVoucherWrites(
  db: Database,
  merchantId: string,
  handovers: readonly Handover[],
): readonly Write[] {
  const granted = handovers.flatMap(({ customer, entries }) =>
    entries.flatMap(({ entry: { remarks, recordedAt } }) =>
      remarks.voucher === undefined
        ? []
        : [{ ...remarks.voucher, customerId: customer, grantedAt: recordedAt }],
    ),
  );
  return granted.length === 0 ? [] : [insertGrantedVouchers(db, merchantId, granted)];
}
