import type { LoyaltyError } from "../../core/errors.ts";
import type { BillLine, Source } from "../../core/ledger/entries.ts";
import type { Program } from "../../core/program/program.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { NewInvoice } from "../../registry/purchases/invoices.ts";
import {
  deleteUnbooked,
  noteBooked,
  noteVoidBooked,
  unmarkVoided,
} from "../../registry/purchases/invoices.ts";
import type { UnitOfWork } from "../../registry/unit-of-work.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import type { Outcome } from "../../wallet/client.ts";
import { expiryOf } from "../calendar.ts";
import type { Context } from "../context.ts";
import type { Booking } from "../ledger/wallets.ts";
import { bookCommand } from "../ledger/wallets.ts";

/** What is kept of an invoice besides its columns. */
export type InvoiceDocument = {
  /** What the till sent, in the form of its dialect, as far as it is shown again. */
  readonly shown: Readonly<Record<string, unknown>>;
  /** What the wallet is told, so that whoever has it booked tells the same. */
  readonly booking: {
    /** What of the amount counts for points. */
    readonly base: number;
    readonly lines: readonly BillLine[];
    /** Purchase, in the currency's smallest unit, that earns a point; null: earns nothing. */
    readonly every: number | null;
    /** When its points expire. */
    readonly expiresAt: number;
    readonly source: Source;
  };
};

/** An invoice's document. */
export function documentOf({ document }: Pick<NewInvoice, "document">): InvoiceDocument {
  return document as InvoiceDocument;
}

/** Name spaces of the wallet's keys: the id of an invoice stands for one bill and one void. */
const BILL = "invoice";
const VOID = "invoice_void";

/** A point, in its smallest step. */
const POINT = 100;

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
 * (`insufficient_balance`), the mark is gone. Done twice, or by two at once, it comes to the same.
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
  const voided = await book(ctx, invoice, {
    customer: customerId,
    command: { kind: "void", seq, expiresAt },
    reference: { operation: VOID, key: id, fingerprint: VOID },
    attempt: `${VOID}/${id}/${voidedAt}`,
    occurredAt: voidedAt,
  });
  if (!voided.ok) {
    await write(ctx, (work) => work.add(unmarkVoided(ctx.db, invoice)));
    return voided;
  }
  await write(ctx, (work) => work.add(noteVoidBooked(ctx.db, invoice, ctx.now)));
  return ok({ ...invoice, voidBookedAt: ctx.now });
}

/** Books an invoice's bill, or recalls how it was booked. */
function bookBill(
  ctx: Context,
  invoice: NewInvoice,
  customer: string,
): Promise<Result<Outcome, LoyaltyError>> {
  const { id, reference: number, amount, invoicedAt } = invoice;
  const { base, lines, expiresAt } = documentOf(invoice).booking;
  const { currency } = ctx.principal.merchant;
  const purchase = { amount, currency };
  const counting = { amount: base, currency };
  return book(ctx, invoice, {
    customer,
    command: { kind: "bill", number, purchase, base: counting, lines, expiresAt },
    reference: { operation: BILL, key: id, fingerprint: BILL },
    attempt: `${BILL}/${id}`,
    occurredAt: invoicedAt,
  });
}

/** Books in the name of whoever brought the invoice, by the rules that held then. */
function book(
  ctx: Context,
  invoice: NewInvoice,
  booking: Omit<Booking, "remarks" | "program"> & { readonly attempt: string },
): Promise<Result<Outcome, LoyaltyError>> {
  const { attempt: key, ...command } = booking;
  const { every, source } = documentOf(invoice).booking;
  const { dialect, key: keyId, site: siteId, staff: staffId } = source;
  const principal = { ...ctx.principal, keyId, siteId, staffId };
  const guard = { kind: "idempotency_key", key, fingerprint: key, keepMs: KEEP_MS } as const;
  const program = typeProgram(ctx.principal.program, every);
  return bookCommand({ ...ctx, dialect, principal, guard }, { ...command, program, remarks: {} });
}

/** The merchant's programme with the earning rule of a customer type: whole points. */
function typeProgram(program: Program, every: number | null): Program {
  const none = { rate: 0, rounding: "floor", step: POINT } as const;
  return { ...program, earning: every === null ? none : { ...none, every } };
}

async function write(ctx: Context, add: (work: UnitOfWork) => void): Promise<void> {
  const work = unitOfWork(ctx.db, ctx.principal.mode);
  add(work);
  await work.commit();
}
