import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { judgeTogether } from "../../core/vouchers.ts";
import type { UnitOfWork } from "../../registry/unit-of-work.ts";
import { redeemVouchersWrite } from "../../registry/vouchers/redemptions.ts";
import type { VoucherRecord } from "../../registry/vouchers/vouchers.ts";
import { findVouchersByCodes } from "../../registry/vouchers/vouchers.ts";
import { ulid } from "../../ulid.ts";
import { dayOf } from "../calendar.ts";
import type { Context } from "../context.ts";
import { requireActiveCustomers } from "../customers/customers.ts";
import { guardWrite } from "../ledger/guarded-writes.ts";
import { effectiveDay, voucherEvent, voucherTerms } from "./vouchers.ts";

/** Codes that one request may redeem. */
export const MAX_REDEEMED = 50;

/** Vouchers to redeem together, as a dialect hands them over. */
export interface RedeemVouchersInput {
  /** Exact codes, 1 to {@link MAX_REDEEMED}; one that comes twice counts once. */
  readonly codes: readonly string[];
  /** `cus_` id of who redeems; null where the till names nobody. */
  readonly customer: string | null;
  /** When it happened at the till, in milliseconds since the epoch, never to come; null: now. */
  readonly redeemedAt: number | null;
  /** The till's own number of the purchase. */
  readonly invoice: string | null;
  readonly remarks: string | null;
}

/** What is kept with each voucher of a joint redemption. */
interface JointRedemption {
  /** Names the redemption; the same with all its vouchers. */
  readonly transaction: string;
  /** How many vouchers it redeemed. */
  readonly vouchers: number;
  readonly invoice: string | null;
  readonly remarks: string | null;
  readonly site: string | null;
  readonly staff: string | null;
}

/**
 * Redeems vouchers by their codes, all or none in one atomic batch; answers the id of the
 * redemption. They are judged on the business day on which it happened (`vouchers_refused`) and
 * for whoever redeems or has them (`customer_blocked`, `customer_inactive`). The very same codes
 * with the same invoice answer with the first id.
 */
export async function redeemVouchers(
  ctx: Context,
  input: RedeemVouchersInput,
): Promise<Result<string, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const { id: merchantId, timeZone } = principal.merchant;
  const codes = [...new Set(input.codes)];
  const redeemedAt = input.redeemedAt ?? now;
  const day = dayOf(redeemedAt, timeZone);
  return guardWrite<string>(ctx, null, async (work) => {
    const found = await findVouchersByCodes(db, merchantId, codes);
    const judged = judgeTogether(listed(codes, found, timeZone), input.customer, day);
    const isUsed =
      !judged.ok && judged.error.code === "vouchers_refused" && judged.error.reason === "redeemed";
    const first = isUsed ? repeatedBy(found, input.invoice) : null;
    if (first !== null) return ok(first);
    const allowed = await requireActiveCustomers(ctx, redeemersOf(found, input.customer));
    if (!allowed.ok) return allowed;
    if (!judged.ok) return judged;
    return ok(redeemAll(ctx, work, found, { ...input, redeemedAt }));
  });
}

function redeemersOf(found: readonly VoucherRecord[], named: string | null): string[] {
  if (named !== null) return [named];
  return found.flatMap(({ voucher }) => voucher.customerId ?? []);
}

function listed(codes: readonly string[], found: readonly VoucherRecord[], timeZone: string) {
  const known = new Map(found.map((record) => [record.voucher.code, record]));
  return codes.map((code) => {
    const record = known.get(code);
    if (record === undefined) return { code, voucher: null };
    const { status, customerId: customer } = record.voucher;
    // An offline till may tell of a day before the voucher was there.
    const terms = { ...voucherTerms(record), validFrom: effectiveDay(record, timeZone) };
    return { code, voucher: { terms, state: { status, customer } } };
  });
}

function redeemAll(
  ctx: Context,
  work: UnitOfWork,
  records: readonly VoucherRecord[],
  input: RedeemVouchersInput & { readonly redeemedAt: number },
): string {
  const { db, now, principal } = ctx;
  const { customer: customerId, invoice, remarks, redeemedAt } = input;
  const { merchant, siteId: site, staffId: staff } = principal;
  const transaction = ulid(now);
  const vouchers = records.length;
  const redemption: JointRedemption = { transaction, vouchers, invoice, remarks, site, staff };
  const ids = records.map(({ voucher }) => voucher.id);
  const what = { merchantId: merchant.id, ids, customerId, redemption, redeemedAt, now };
  work.addConditional(redeemVouchersWrite(db, what), vouchers);
  const told = records.map((record) =>
    voucherEvent(ctx, "voucher.redeemed", record, customerId ?? record.voucher.customerId, {
      reference: invoice,
    }),
  );
  work.addEvents(merchant.id, told);
  return transaction;
}

/** The redemption of which exactly these vouchers are, if it had that invoice; or else null. */
function repeatedBy(found: readonly VoucherRecord[], invoice: string | null): string | null {
  if (invoice === null) return null;
  const kept = found.map(({ voucher }) => voucher.redemption as Partial<JointRedemption> | null);
  const [first] = kept;
  const { transaction, vouchers } = first ?? {};
  const isSame = kept.every((one) => one?.transaction === transaction && one?.invoice === invoice);
  return transaction !== undefined && isSame && vouchers === found.length ? transaction : null;
}
