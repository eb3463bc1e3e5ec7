import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import { makeId } from "../../core/ids.ts";
import type { BillLine } from "../../core/ledger/entries.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Customer } from "../../registry/customers/customers.ts";
import { readCustomer } from "../../registry/customers/customers.ts";
import { findMember, findNamesakes } from "../../registry/customers/members.ts";
import { findSite } from "../../registry/merchants/sites.ts";
import type {
  InvoiceRecord,
  InvoiceWindow,
  NewInvoice,
} from "../../registry/purchases/invoices.ts";
import {
  countInvoices,
  findInvoice,
  findInvoiceById,
  findInvoiceByReference,
  insertInvoice,
  listInvoices,
  markVoided,
  nextInvoiceNumber,
} from "../../registry/purchases/invoices.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import { ulid } from "../../ulid.ts";
import type { Context } from "../context.ts";
import { offerTerms } from "./purchase.ts";
import type { InvoiceDocument } from "./settling.ts";
import { settleBill, settleVoid } from "./settling.ts";

export type { InvoiceRecord, InvoiceWindow } from "../../registry/purchases/invoices.ts";
export { documentOf } from "./settling.ts";

/** How often a write that lost a race is decided anew. */
const MAX_ATTEMPTS = 5;

/** An invoice as a dialect hands it over; amounts in the currency's smallest unit. */
export interface InvoiceInput {
  /** Good for one invoice in the whole merchant; null when the till told none. */
  readonly reference: string | null;
  /** Whose it is, by number or, in whatever case, by name; null: nobody's. */
  readonly customer: { readonly number: number } | { readonly name: string } | null;
  readonly siteId: string | null;
  /** Negative for a return. */
  readonly amount: number;
  readonly paidWithPoints: number;
  /** At most `MAX_BILL_LINES`. */
  readonly lines: readonly BillLine[];
  /** When it was made at the till; null is now. */
  readonly invoicedAt: number | null;
  /** What is shown again, in the form of the dialect. */
  readonly shown: InvoiceDocument["shown"];
}

/**
 * Keeps an invoice and has the wallet book it, if it is somebody's: an unknown customer is nobody.
 * `duplicate_bill` for a reference that is taken; `insufficient_balance` for a return of more than
 * is left, where the programme allows no debt; `balance_limit`. What a crash leaves half done is
 * finished by the sweep, or by the next request with that reference.
 */
export async function createInvoice(
  ctx: Context,
  input: InvoiceInput,
): Promise<Result<InvoiceRecord, LoyaltyError>> {
  const { reference } = input;
  for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
    if (reference !== null && (await isTaken(ctx, reference))) {
      return err({ code: "duplicate_bill", number: reference });
    }
    const made = await newInvoice(ctx, input, await memberOf(ctx, input.customer));
    if (!made.ok) return made;
    const invoice = made.value;
    const work = unitOfWork(ctx.db, ctx.principal.mode);
    work.add(insertInvoice(ctx.db, invoice));
    if (!(await work.commit())) continue;
    const settled = await settleBill(ctx, invoice);
    return settled.ok ? ok(await recordOf(ctx, settled.value)) : settled;
  }
  return err({ code: "customer_busy" });
}

/** Whether there is such an invoice, and not one that the wallet refuses to book. */
async function isTaken(ctx: Context, reference: string): Promise<boolean> {
  const earlier = await findInvoiceByReference(ctx.db, ctx.principal.merchant.id, reference);
  return earlier !== undefined && (await settleBill(ctx, earlier)).ok;
}

async function memberOf(
  ctx: Context,
  customer: InvoiceInput["customer"],
): Promise<Customer | null> {
  if (customer === null) return null;
  const merchantId = ctx.principal.merchant.id;
  if ("number" in customer) return (await findMember(ctx.db, merchantId, customer.number)) ?? null;
  const [only, ...others] = await findNamesakes(ctx.db, merchantId, customer.name, 2);
  return others.length === 0 ? (only ?? null) : null;
}

async function newInvoice(
  ctx: Context,
  input: InvoiceInput,
  member: Customer | null,
): Promise<Result<NewInvoice, LoyaltyError>> {
  const { now, principal, dialect } = ctx;
  const { merchant, keyId, staffId } = principal;
  const { reference, siteId, amount, paidWithPoints, lines, shown } = input;
  const invoicedAt = input.invoicedAt ?? now;
  const purchase = { amount, currency: merchant.currency };
  const bought = { purchase, lines, occurredAt: invoicedAt };
  const offered = member === null ? ok(null) : await offerTerms(ctx, bought);
  if (!offered.ok) return offered;
  const document: InvoiceDocument = {
    shown,
    booking: {
      paidWithPoints,
      lines,
      every: member?.type?.earnAmount ?? null,
      terms: offered.value?.terms ?? null,
      source: { dialect, key: keyId, site: siteId, staff: staffId },
    },
  };
  const isNobodys = member === null;
  return ok({
    id: makeId("inv", ulid(now)),
    merchantId: merchant.id,
    reference,
    customerId: member?.id ?? null,
    siteId,
    amount,
    pointsEarned: isNobodys ? 0 : null,
    document,
    invoicedAt,
    bookedAt: isNobodys ? now : null,
    voidedAt: null,
    voidBookedAt: null,
    voidReason: null,
    createdAt: now,
    updatedAt: now,
  });
}

/** The invoice as it is kept; one that a sandbox call did not keep has the number it would get. */
async function recordOf({ db }: Context, invoice: NewInvoice): Promise<InvoiceRecord> {
  const { id, merchantId, customerId, siteId } = invoice;
  const kept = await findInvoiceById(db, merchantId, id);
  if (kept !== undefined) return kept;
  const [number, person, site] = await Promise.all([
    nextInvoiceNumber(db, merchantId),
    customerId === null ? undefined : readCustomer(db, merchantId, customerId),
    siteId === null ? undefined : findSite(db, merchantId, siteId),
  ]);
  return {
    invoice: { ...invoice, number, tries: 0, retryAt: 0 },
    customerNumber: person?.number ?? null,
    customerName: person?.name ?? null,
    siteNumber: site?.number ?? null,
  };
}

/** The merchant's invoice with that number. */
export async function getInvoice(
  ctx: Context,
  number: number,
): Promise<Result<InvoiceRecord, LoyaltyError>> {
  const found = await findInvoice(ctx.db, ctx.principal.merchant.id, number);
  return found === undefined ? notFound("invoice") : ok(found);
}

/** Some of the merchant's invoices, by their numbers. */
export async function listInvoiceWindow(
  { db, principal }: Context,
  window: InvoiceWindow,
  slice: { readonly limit: number; readonly offset: number },
): Promise<readonly InvoiceRecord[]> {
  return listInvoices(db, principal.merchant.id, window, slice);
}

/** How many invoices a window has. */
export async function countInvoiceWindow(
  { db, principal }: Context,
  window: InvoiceWindow,
): Promise<number> {
  return countInvoices(db, principal.merchant.id, window);
}

/**
 * Voids the merchant's invoice with that number, for good: what it earned is taken back.
 * `not_found` (invoice), `already_voided`; `insufficient_balance` when too much of it is spent and
 * the programme allows no debt. What a crash leaves half done is finished as by
 * {@link createInvoice}.
 */
export async function voidInvoice(
  ctx: Context,
  number: number,
  reason: string | null,
): Promise<Result<InvoiceRecord, LoyaltyError>> {
  const { db, now, principal } = ctx;
  for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
    const found = await findInvoice(db, principal.merchant.id, number);
    if (found === undefined) return notFound("invoice");
    const booked = await settleBill(ctx, found.invoice);
    if (!booked.ok) continue;
    const invoice = booked.value;
    if (invoice.voidedAt !== null) {
      if ((await settleVoid(ctx, invoice)).ok) return err({ code: "already_voided" });
      continue;
    }
    const voidBookedAt = invoice.customerId === null ? now : null;
    const mark = { voidedAt: now, voidReason: reason, voidBookedAt, updatedAt: now };
    const work = unitOfWork(db, principal.mode);
    work.addConditional(markVoided(db, { ...invoice, ...mark }));
    if (!(await work.commit())) continue;
    const settled = await settleVoid(ctx, { ...invoice, ...mark });
    return settled.ok ? ok({ ...found, invoice: settled.value }) : settled;
  }
  return err({ code: "customer_busy" });
}
