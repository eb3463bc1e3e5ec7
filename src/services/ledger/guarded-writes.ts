import type { LoyaltyError } from "../../core/errors.ts";
import type { Guard } from "../../core/ledger/commands.ts";
import { guardReused } from "../../core/ledger/commands.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { RequestRow } from "../../registry/ledger/guarded-writes.ts";
import {
  bindRequest,
  findRequest,
  keepRequest,
  sweepRequests,
  takenOutcome,
} from "../../registry/ledger/guarded-writes.ts";
import type { UnitOfWork } from "../../registry/unit-of-work.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import type { Context } from "../context.ts";
import { resolveCustomer } from "../customers/identity.ts";
import { announce } from "../events/events.ts";
import { bindGuard } from "./wallets.ts";

/** How often a write that lost a race is decided anew before the merchant is told to retry. */
const MAX_ATTEMPTS = 25;

/**
 * One try of a write: reads, decides and adds its writes to the unit of work. Called again, with
 * an empty unit of work, when somebody else was first.
 */
export type Attempt<T> = (work: UnitOfWork) => Promise<Result<T, LoyaltyError>>;

/**
 * Runs a write that D1 keeps, under the context's guard: a repeat gets the first outcome, a guard
 * that was used for something else is refused, and the outcome is kept in the same atomic batch as
 * the writes. `named` is the customer number that the request also carries, if any: the guard is
 * bound in that wallet too, so that the signed bytes cannot be replayed as a booking. The outcome
 * of an attempt that takes what the database picks is the id of that.
 */
export async function guardWrite<T>(
  ctx: Context,
  named: number | null,
  attempt: Attempt<T>,
): Promise<Result<T, LoyaltyError>> {
  const bound = await bindInWallet(ctx, named);
  if (!bound.ok) return bound;
  const { guard } = ctx;
  for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
    const kept = guard === null ? null : await findKept<T>(ctx, guard);
    if (kept !== null) return kept;
    const work = unitOfWork(ctx.db, ctx.principal.mode);
    const outcome = await attempt(work);
    if (!outcome.ok) {
      // The very same request may have succeeded meanwhile: then its answer is the answer.
      const meanwhile = guard === null ? null : await findKept<T>(ctx, guard);
      if (meanwhile !== null) return meanwhile;
      if (guard !== null) await keepRefusal(ctx, guard, outcome.error);
      return outcome;
    }
    if (guard !== null) keep(ctx, work, guard, { value: outcome.value });
    const { tellsEvents } = work;
    if (!(await work.commit())) continue;
    if (tellsEvents) announce(ctx);
    const id = work.taken?.id ?? null;
    return id === null ? outcome : ok(id as T);
  }
  return err({ code: "customer_busy" });
}

/** The context of a write whose outcome is personal: a guard would keep it beyond an erasure. */
export function unguarded(ctx: Context): Context {
  return { ...ctx, guard: null };
}

/**
 * Binds the context's guard in D1 for a write that a wallet books but whose wallet the signed bytes
 * do not name: the same bytes on another path are refused, the same request goes on to the wallet,
 * which knows its repeats. `named` as in {@link guardWrite}.
 */
export async function claimGuard(
  ctx: Context,
  named: number | null,
): Promise<Result<null, LoyaltyError>> {
  return guardWrite<null>(ctx, named, async () => ok(null));
}

async function bindInWallet(
  ctx: Context,
  named: number | null,
): Promise<Result<null, LoyaltyError>> {
  if (ctx.guard === null || named === null) return ok(null);
  const customer = await resolveCustomer(ctx, named);
  return customer.ok ? bindGuard(ctx, customer.value, ctx.guard) : ok(null);
}

/** What a guard keeps: a first answer, or a refusal to repeat. */
type Kept<T> = { readonly value: T } | { readonly error: LoyaltyError };

async function findKept<T>(ctx: Context, guard: Guard): Promise<Result<T, LoyaltyError> | null> {
  const kept = await findRequest(ctx.db, ctx.principal.merchant.id, guard.key, ctx.now);
  if (kept === undefined) return null;
  if (kept.fingerprint !== guard.fingerprint) return err(guardReused(guard));
  const outcome = kept.outcome as Kept<T> | null;
  if (outcome === null) return null;
  return "error" in outcome ? err(outcome.error) : ok(outcome.value);
}

function keep(ctx: Context, work: UnitOfWork, guard: Guard, outcome: Kept<unknown>): void {
  const row = rowOf(ctx, guard, outcome);
  const kept = work.taken === null ? row : { ...row, outcome: takenOutcome(work.taken.expression) };
  work.addConditional(keepRequest(ctx.db, kept, ctx.now));
  work.add(sweepRequests(ctx.db, ctx.now));
}

/** A refused write binds its signature and may be tried again; an idempotency key repeats it. */
async function keepRefusal(ctx: Context, guard: Guard, error: LoyaltyError): Promise<void> {
  const outcome = guard.kind === "idempotency_key" ? { error } : null;
  const work = unitOfWork(ctx.db, ctx.principal.mode);
  work.add(bindRequest(ctx.db, rowOf(ctx, guard, outcome)), sweepRequests(ctx.db, ctx.now));
  await work.commit();
}

function rowOf(ctx: Context, guard: Guard, outcome: Kept<unknown> | null): RequestRow {
  return {
    merchantId: ctx.principal.merchant.id,
    key: guard.key,
    fingerprint: guard.fingerprint,
    outcome,
    expiresAt: ctx.now + guard.keepMs,
  };
}
