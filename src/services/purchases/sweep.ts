import { makeId } from "../../core/ids.ts";
import { DEFAULT_PROGRAM } from "../../core/program/program.ts";
import { logFault } from "../../log.ts";
import { database } from "../../registry/database.ts";
import { findMerchant } from "../../registry/merchants/merchants.ts";
import { findProgram } from "../../registry/merchants/programs.ts";
import type { InvoiceRow } from "../../registry/purchases/invoices.ts";
import { listOpenInvoices, postponeInvoices } from "../../registry/purchases/invoices.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import { ulid } from "../../ulid.ts";
import { toMerchant, toProgram } from "../access/credentials.ts";
import type { Context } from "../context.ts";
import { makeContext } from "../context.ts";
import { settleBill, settleVoid } from "./settling.ts";

/** Invoices that are looked after at once, and of one merchant at most. */
const PAGE = 100;
const CAP = 20;
/** Pages of one sweep; the next one goes on. */
const PAGES = 10;
/** A younger one is in the hands of the request that brought it. */
const GRACE_MS = 60_000;

/**
 * Finishes invoices, and voids of invoices, that are kept but not booked, because whoever kept them
 * died before the wallet answered. One that cannot be finished is tried ever more seldom. Runs
 * every minute.
 */
export async function finishInvoices(env: Env, now: number): Promise<void> {
  const db = database(env, "directory");
  for (let page = 0; page < PAGES; page += 1) {
    const due = { now, until: now - GRACE_MS };
    const open = await listOpenInvoices(db, due, { cap: CAP, limit: PAGE });
    if (open.length === 0) return;
    const work = unitOfWork(db, "live");
    work.add(postponeInvoices(db, open, now));
    await work.commit();
    await Promise.all(open.map((invoice) => finish(env, invoice, now)));
  }
}

async function finish(env: Env, invoice: InvoiceRow, now: number): Promise<void> {
  try {
    const ctx = await contextOf(env, invoice.merchantId, now);
    const booked = await settleBill(ctx, invoice);
    if (booked.ok) await settleVoid(ctx, booked.value);
  } catch (error) {
    logFault({ merchant: invoice.merchantId, invoice: invoice.id, during: "sweep" }, error);
  }
}

/** The merchant's own context: nobody asks. */
async function contextOf(env: Env, merchantId: string, now: number): Promise<Context> {
  const db = database(env, merchantId);
  const [merchant, program] = await Promise.all([
    findMerchant(db, { id: merchantId }),
    findProgram(db, merchantId),
  ]);
  if (merchant === undefined) throw new Error("an invoice is of no merchant");
  return makeContext({
    env,
    principal: {
      merchant: toMerchant(merchant),
      program: program === undefined ? DEFAULT_PROGRAM : toProgram(program.definition),
      mode: "live",
      scopes: [],
      keyId: null,
      staffId: null,
      siteId: null,
    },
    dialect: "system",
    requestId: makeId("req", ulid(now)),
    now,
    guard: null,
    timing: { wallet: 0 },
    defer: () => {},
  });
}
