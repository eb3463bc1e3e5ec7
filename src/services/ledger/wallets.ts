import type { CustomerStatus } from "../../core/customers.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import type { Command, CommandRequest, Guard, Reference } from "../../core/ledger/commands.ts";
import type { Remarks } from "../../core/ledger/entries.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { ulid } from "../../ulid.ts";
import type {
  Discrepancy,
  EntryPage,
  EntryQuery,
  HandedEntry,
  Outcome,
  WalletClient,
  WalletView,
} from "../../wallet/client.ts";
import { walletOf } from "../../wallet/client.ts";
import type { Context } from "../context.ts";

export type { HandedEntry } from "../../wallet/client.ts";

/** A command on a customer's wallet, as a dialect's service makes it. */
export interface Booking {
  /** `cus_` id. */
  readonly customer: string;
  readonly command: Command;
  readonly reference: Reference | null;
  readonly remarks: Remarks;
  /** When it happened at the till; null is now. */
  readonly occurredAt: number | null;
}

/**
 * Books a command in the customer's wallet; the only storage it touches. A repeat answers with the
 * first outcome. Refusals besides the command's own: `customer_blocked`, `customer_inactive`, and
 * `not_found` (customer) of one who was erased meanwhile.
 */
export async function bookCommand(
  ctx: Context,
  booking: Booking,
): Promise<Result<Outcome, LoyaltyError>> {
  const { principal } = ctx;
  const request = requestOf(ctx, booking);
  const call = walletFor(ctx, booking.customer).execute(principal.mode, request);
  return bookedBy(booking, await timed(ctx, call));
}

/**
 * Books commands in one customer's wallet, in one call: one after another, up to the first that is
 * refused, which is the answer. What came before it stays.
 */
export async function bookCommands(
  ctx: Context,
  customer: string,
  bookings: readonly Booking[],
): Promise<Result<readonly Outcome[], LoyaltyError>> {
  const requests = bookings.map((booking) => requestOf(ctx, booking));
  const call = walletFor(ctx, customer).executeAll(ctx.principal.mode, requests);
  const outcomes: Outcome[] = [];
  for (const [i, answer] of (await timed(ctx, call)).entries()) {
    const booked = bookedBy(bookings[i], answer);
    if (!booked.ok) return booked;
    outcomes.push(booked.value);
  }
  return ok(outcomes);
}

function requestOf(ctx: Context, booking: Booking): CommandRequest {
  const { command, reference, remarks, occurredAt } = booking;
  const { principal } = ctx;
  // What a purchase grants is in the command already, and the lists can be long.
  const { grants: _granted, units: _units, ...program } = principal.program;
  return {
    id: ulid(ctx.now),
    command,
    program,
    occurredAt,
    reference,
    guard: ctx.guard,
    source: {
      dialect: ctx.dialect,
      key: principal.keyId,
      site: principal.siteId,
      staff: principal.staffId,
    },
    remarks,
  };
}

function bookedBy(
  booking: Booking | undefined,
  answer: Result<Outcome | null, LoyaltyError>,
): Result<Outcome, LoyaltyError> {
  // Whoever is erased is nobody's customer any more.
  if (!answer.ok) return answer.error.code === "erased" ? notFound("customer") : answer;
  if (answer.value === null) throw new Error(`${booking?.command.kind} booked nothing`);
  return ok(answer.value);
}

/**
 * Tells a customer's wallet the status by which it refuses commands from then on; `erased` closes
 * it for good, and any other status then is `not_found` (customer). What it is already books
 * nothing; `before` is what the registry has, for a ledger that was never told.
 */
export async function bookStatus(
  ctx: Context,
  customer: string,
  status: CustomerStatus,
  before: CustomerStatus,
): Promise<Result<null, LoyaltyError>> {
  const command = { kind: "status", status, before } as const;
  const booking = { customer, command, reference: null, remarks: {}, occurredAt: null };
  const request = { ...requestOf(ctx, booking), guard: null };
  const told = await timed(ctx, walletFor(ctx, customer).execute(ctx.principal.mode, request));
  if (told.ok) return ok(null);
  return told.error.code === "erased" ? notFound("customer") : told;
}

/** A customer's balances, tier and the lots that expire up to `until`. */
export async function readWallet(
  ctx: Context,
  customer: string,
  until: number,
): Promise<WalletView> {
  return timed(ctx, walletFor(ctx, customer).view(until));
}

/** The newest entries of a customer before the one numbered `before` (null: all), newest first. */
export async function entriesBefore(
  ctx: Context,
  customer: string,
  before: number | null,
  limit: number,
): Promise<readonly HandedEntry[]> {
  const end = before ?? Number.MAX_SAFE_INTEGER;
  return timed(ctx, walletFor(ctx, customer).entriesBefore(end, limit));
}

/** A page of a customer's ledger, newest first. */
export async function listEntries(
  ctx: Context,
  customer: string,
  query: EntryQuery,
): Promise<EntryPage> {
  return timed(ctx, walletFor(ctx, customer).entries(query));
}

/** Every unit of a customer whose balance is not the sum of its entries and of its lots. */
export async function auditCustomer(
  ctx: Context,
  customer: string,
): Promise<readonly Discrepancy[]> {
  return timed(ctx, walletFor(ctx, customer).audit());
}

/**
 * Binds a guard in a customer's wallet for a write that is not booked there but names the customer,
 * so that the same signature cannot be turned into a booking.
 */
export async function bindGuard(
  ctx: Context,
  customer: string,
  guard: Guard,
): Promise<Result<null, LoyaltyError>> {
  const refused = await timed(ctx, walletFor(ctx, customer).bind(ctx.principal.mode, guard));
  return refused === null ? ok(null) : err(refused);
}

function walletFor(ctx: Context, customer: string): WalletClient {
  return walletOf(ctx.env, { merchant: ctx.principal.merchant.id, customer });
}

async function timed<T>(ctx: Context, call: Promise<T>): Promise<T> {
  const start = Date.now();
  try {
    return await call;
  } finally {
    ctx.timing.wallet += Date.now() - start;
  }
}
