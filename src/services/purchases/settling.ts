import type { LoyaltyError } from "../../core/errors.ts";
import type { BillLine, Source } from "../../core/ledger/entries.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { NewInvoice } from "../../registry/purchases/invoices.ts";
import {
  deleteUnbooked,
  forgetRemarks,
  noteBooked,
  noteVoidBooked,
  unmarkVoided,
} from "../../registry/purchases/invoices.ts";
import type { UnitOfWork } from "../../registry/unit-of-work.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import type { Outcome } from "../../wallet/client.ts";
import { businessDayOf, expiryOf } from "../calendar.ts";
import type { Context } from "../context.ts";
import { bookCommand } from "../ledger/wallets.ts";
import { withdrawGrants } from "../vouchers/granted.ts";
import type { PurchaseTerms } from "./offers.ts";
import { recordPurchase } from "./purchase.ts";

/** What is kept of an invoice besides its columns. */
export type InvoiceDocument = {
  /** What the till sent, in the form of its dialect, as far as it is shown again. */
  readonly shown: Readonly<Record<string, unknown>>;
  /** What the wallet is told, so that whoever has it booked tells the same. */
  readonly booking: InvoiceBooking | EarlierBooking;
};

/** What the wallet is told of an invoice. */
interface InvoiceBooking {
  readonly paidWithPoints: number;
  readonly lines: readonly BillLine[];
  /** Purchase, in the currency's smallest unit, that earns a point; null: earns nothing. */
  readonly every: number | null;
  /** Null: it is nobody's, so that nobody is offered anything. */
  readonly terms: PurchaseTerms | null;
  readonly source: Source;
}

/** The same of an invoice that was kept before invoices granted anything. */
interface EarlierBooking extends Pick<InvoiceBooking, "lines" | "every" | "source"> {
  /** What of the amount counts for points. */
  readonly base: number;
  /** When its points expire. */
  readonly expiresAt: number;
}

/** An invoice's document. */
export function documentOf({ document }: Pick<NewInvoice, "document">): InvoiceDocument {
  return document as InvoiceDocument;
}

/** Name spaces of the wallet's keys: the id of an invoice stands for one bill and one void. */
const BILL = "invoice";
const VOID = "invoice_void";

/** How long a wallet keeps a refusal: whoever asks about the same invoice again hears the same. */
const KEEP_MS = 35 * 24 * 60 * 60 * 1_000;

/**
 * Has the wallet book an invoice that is not booked yet, and notes what it earned. An invoice that
 * the wallet refuses (`insufficient_balance`, `balance_limit`) is gone, its reference free again.
 * Done twice, or by two at once, it comes to the same.
 */
export async function settleBill<T extends NewInvoice>(
  ctx: Context,
  invoice: T,
): Promise<Result<T, LoyaltyError>> {
  const { customerId, bookedAt } = invoice;
  if (customerId === null || bookedAt !== null) return ok(invoice);
  const booked = await bookBill(ctx, invoice, customerId);
  if (!booked.ok) {
    await write(ctx, (work) => work.add(deleteUnbooked(ctx.db, invoice)));
    return booked;
  }
  const pointsEarned = booked.value.receipt.bill?.earned ?? 0;
  await write(ctx, (work) => work.add(noteBooked(ctx.db, invoice, pointsEarned, ctx.now)));
  return ok({ ...invoice, pointsEarned, bookedAt: ctx.now });
}

/**
 * Has the wallet take an invoice back that is marked as void. Where it refuses
 * (`insufficient_balance`), the mark is gone. Of a customer who was erased meanwhile nothing is
 * taken back, and nothing kept that a person wrote. Done twice, or by two at once, it comes to the
 * same.
 */
export async function settleVoid<T extends NewInvoice>(
  ctx: Context,
  invoice: T,
): Promise<Result<T, LoyaltyError>> {
  const { id, customerId, voidedAt, voidBookedAt } = invoice;
  if (customerId === null || voidedAt === null || voidBookedAt !== null) return ok(invoice);
  const bill = await bookBill(ctx, invoice, customerId);
  if (!bill.ok) return bill;
  const { program, merchant } = ctx.principal;
  const expiresAt = expiryOf(program.expiry, ctx.now, merchant.timeZone);
  const { seq } = bill.value.receipt;
  const voided = await bookCommand(inNameOf(ctx, invoice, `${VOID}/${id}/${voidedAt}`), {
    customer: customerId,
    command: { kind: "void", seq, expiresAt },
    reference: { operation: VOID, key: id, fingerprint: VOID },
    remarks: {},
    occurredAt: voidedAt,
  });
  const voidBooked = noteVoidBooked(ctx.db, invoice, ctx.now);
  if (voided.ok) {
    await withdrawGrants(ctx, customerId, voided.value.receipt);
    await write(ctx, (work) => work.add(voidBooked));
    return ok({ ...invoice, voidBookedAt: ctx.now });
  }
  if (isOfNobody(voided.error)) {
    const forgotten = forgetRemarks(ctx.db, invoice.merchantId, customerId);
    await write(ctx, (work) => work.add(voidBooked, forgotten));
    return ok({ ...invoice, voidBookedAt: ctx.now, voidReason: null });
  }
  await write(ctx, (work) => work.add(unmarkVoided(ctx.db, invoice)));
  return voided;
}

/** Whether a wallet's refusal says that its customer was erased. */
function isOfNobody(error: LoyaltyError): boolean {
  return error.code === "not_found" && error.object === "customer";
}

/** Books an invoice's bill, or recalls how it was booked. */
function bookBill(
  ctx: Context,
  invoice: NewInvoice,
  customer: string,
): Promise<Result<Outcome, LoyaltyError>> {
  const { id, reference: number, amount } = invoice;
  const { lines, every, paidWithPoints, terms } = bookingOf(ctx, invoice);
  return recordPurchase(inNameOf(ctx, invoice, `${BILL}/${id}`), {
    customer,
    number,
    purchase: { amount, currency: ctx.principal.merchant.currency },
    paidWithPoints,
    lines,
    earning: { by: "customer_type", every },
    unique: {
      within: "customer",
      reference: { operation: BILL, key: id, fingerprint: BILL },
    },
    remarks: {},
    occurredAt: invoice.invoicedAt,
    ...(terms === null ? {} : { terms }),
  });
}

function bookingOf(ctx: Context, invoice: NewInvoice): InvoiceBooking {
  const { booking } = documentOf(invoice);
  if (!("base" in booking)) return booking;
  const { base, expiresAt, ...kept } = booking;
  const terms = { day: businessDayOf(ctx, invoice.invoicedAt), expiresAt };
  return { ...kept, paidWithPoints: invoice.amount - base, terms };
}

/** The context of whoever brought the invoice; `attempt` tells one try to book it from the next. */
function inNameOf(ctx: Context, invoice: NewInvoice, attempt: string): Context {
  const { dialect, key: keyId, site: siteId, staff: staffId } = documentOf(invoice).booking.source;
  const principal = { ...ctx.principal, keyId, siteId, staffId };
  const guard = {
    kind: "idempotency_key",
    key: attempt,
    fingerprint: attempt,
    keepMs: KEEP_MS,
  } as const;
  return { ...ctx, dialect, principal, guard };
}

async function write(ctx: Context, add: (work: UnitOfWork) => void): Promise<void> {
  const work = unitOfWork(ctx.db, ctx.principal.mode);
  add(work);
  await work.commit();
}
